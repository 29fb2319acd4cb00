-- Every transaction writes its own part of the search index. They are brought
-- together sixteen at a time instead of four: each word is copied half as often,
-- which a first sync feels, and a search looks into a few parts more.
INSERT INTO term (term, rank) VALUES ('automerge', 16);
