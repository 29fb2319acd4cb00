# make run and make test each work as the first command on a fresh Debian or
# Ubuntu machine with Go, git and make.
TAGS   = migrated_fynedo,x11
GO     = go
SEEDS ?= 54500

.PHONY: run test build bench golden fuzz sim screenshots packages

run: packages build
	./script/run

test: packages
	./script/test

build:
	CGO_ENABLED=0 $(GO) build -o bin/muqu-server ./app/server
	CGO_ENABLED=0 $(GO) build -o bin/fieldctl ./app/fieldctl
	$(GO) build -tags $(TAGS) -o bin/muqu .

bench:
	$(GO) test -run '^$$' -bench . -benchtime 1x ./core/... ./sync/...

sim:
	SEEDS=$(SEEDS) ./script/sim

golden:
	./script/golden

fuzz:
	./script/fuzz

screenshots: packages build
	./script/screenshots

packages:
	./script/packages
