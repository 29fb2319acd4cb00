package change

// Epochs says at which position each restore of the server cut off the log:
// Epochs[i].Fork is the last position that epoch Epochs[i].Epoch shares with
// the one before it. The zero value is a server that was never restored.
type Epochs []Fork

// Fork is one restore of the server.
type Fork struct {
	_     struct{} `cbor:",toarray"`
	Epoch Epoch    // the epoch that began
	Fork  Position // the last position taken over from the one before
}

// Now is the epoch that the server is in.
func (e Epochs) Now() Epoch {
	if len(e) == 0 {
		return 1
	}
	return e[len(e)-1].Epoch
}

// Shared gives the highest position that epoch old has in common with the
// present one.
func (e Epochs) Shared(old Epoch) Position {
	shared := Position(1<<63 - 1)
	for _, f := range e {
		if f.Epoch > old {
			shared = min(shared, f.Fork)
		}
	}
	return shared
}
