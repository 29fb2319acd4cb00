package wire

// Version is the version of the messages that this program writes.
const Version = 1

// Limits hold before anything is decompressed, decoded or stored.
const (
	MaxBody      = 2 << 20 // bytes of a request or answer as it travels
	MaxMessage   = 8 << 20 // bytes of a message after decompression
	MaxSegment   = 4 << 20 // bytes of a segment after decompression
	MaxEntries   = 6000    // entries of a segment, and of one command
	MaxSegments  = 32      // segments of one request
	MaxFiles     = 1000    // file names in one list of a question about files
	PageBytes    = 768 << 10
	LeastBytes   = 16 << 10          // what a page or a push may shrink to on a line that breaks off
	PageItems    = 2500              // bounds what a tablet holds in memory while it takes a page in
	PageMost     = MaxBody - 128<<10 // what a page may grow to so that it ends where a command ends; it travels even if nothing can be compressed
	compressFrom = 200               // shorter messages travel as they are
)
