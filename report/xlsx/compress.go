package xlsx

import (
	"bytes"
	"hash/crc32"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"
)

const (
	// blockSize is the amount of XML that is compressed at a time, some 700 rows. Blocks do not refer to each other, which costs less
	// than one percent of the size.
	blockSize = 1 << 19
	// compressors is how many goroutines compress, besides the one that encodes.
	compressors = 2
)

// A compressor deflates blocks of text on several cores, each on its own, and writes them in order. The result depends on the blocks only.
type compressor struct {
	waiting  chan *block // for a goroutine to compress them
	ordered  chan *block // the same, for the one that writes them
	recycled chan []byte // the text of blocks that are written
	workers  sync.WaitGroup
	done     chan error

	crc  uint32
	size uint64
}

// A block is a piece of text that becomes a sequence of complete deflate blocks, none of them the final one.
type block struct {
	text       []byte
	crc        uint32
	compressed bytes.Buffer
	done       chan error
}

func newBlockBuffer() []byte { return make([]byte, 0, blockSize+blockSize/16) }

func startCompressor(out io.Writer) *compressor {
	c := &compressor{
		waiting: make(chan *block, 2*compressors), ordered: make(chan *block, 2*compressors),
		recycled: make(chan []byte, 2*compressors), done: make(chan error, 1),
	}
	for range compressors {
		c.workers.Go(func() {
			w, err := flate.NewWriter(nil, deflateLevel)
			for b := range c.waiting {
				if err == nil {
					b.crc = crc32.ChecksumIEEE(b.text)
					w.Reset(&b.compressed)
					_, err = w.Write(b.text)
				}
				if err == nil {
					err = w.Flush()
				}
				b.done <- err
			}
		})
	}
	go func() { c.done <- c.write(out) }()
	return c
}

// add compresses a text, and returns an empty buffer for the next.
func (c *compressor) add(text []byte) []byte {
	b := &block{text: text, done: make(chan error, 1)}
	c.waiting <- b
	c.ordered <- b
	select {
	case buffer := <-c.recycled:
		return buffer
	default:
		return newBlockBuffer()
	}
}

// write writes the blocks in their order.
func (c *compressor) write(out io.Writer) (err error) {
	for b := range c.ordered {
		blockErr := <-b.done
		if err == nil {
			err = blockErr
		}
		if err == nil {
			_, err = b.compressed.WriteTo(out)
		}
		c.crc = combineCRC(c.crc, b.crc, uint64(len(b.text)))
		c.size += uint64(len(b.text))
		select {
		case c.recycled <- b.text[:0]:
		default:
		}
	}
	return err
}

// close waits until all is written, and returns the CRC-32 and the size of the text.
func (c *compressor) close() (crc uint32, size uint64, err error) {
	close(c.waiting)
	close(c.ordered)
	c.workers.Wait()
	err = <-c.done
	return c.crc, c.size, err
}
