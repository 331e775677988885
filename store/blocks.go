package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"
	"golang.org/x/sync/errgroup"

	"callsheet/internal/atomicfile"
)

// A database file is hashed in the blocks that DuckDB writes: headers of headerBytes, then blocks of blockBytes. Other sizes would be
// right as well, but a change would touch more of them. The checksum that DuckDB stores in each block does not do: it is the XOR of a
// product of each word, so words that change places, or equal words that change in pairs, leave it as it is.
const (
	headerBytes = 3 * 4096
	blockBytes  = 256 << 10
	hashBytes   = 8
)

// blocksPerTask is how many blocks in a row a goroutine reads: 16 MiB, so that disks read ahead.
const blocksPerTask = 64

// blockHashes are the xxHash64 of each block of a file, each little-endian.
type blockHashes []byte

// of returns the hash of a block, nil beyond the end.
func (h blockHashes) of(block int) []byte {
	if len(h) < (block+1)*hashBytes {
		return nil
	}
	return h[block*hashBytes:][:hashBytes]
}

// blockAt returns the place of a block in a file.
func blockAt(block int, size int64) (offset, length int64) {
	if block == 0 {
		return 0, min(size, headerBytes)
	}
	offset = headerBytes + int64(block-1)*blockBytes
	return offset, min(size-offset, blockBytes)
}

func countBlocks(size int64) int {
	if size == 0 {
		return 0
	}
	return 1 + int((max(size-headerBytes, 0)+blockBytes-1)/blockBytes)
}

// hashBlocks reads a file and returns the hashes of its blocks. It calls each, which may be nil, with every block, concurrently.
func hashBlocks(ctx context.Context, file atomicfile.File, size int64, each func(block int, hash, content []byte) error) (blockHashes, error) {
	blocks := countBlocks(size)
	hashes := make(blockHashes, blocks*hashBytes)
	tasks := (blocks + blocksPerTask - 1) / blocksPerTask
	var taken atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for range min(tasks, runtime.GOMAXPROCS(0)) {
		group.Go(func() error {
			buffer := make([]byte, blockBytes)
			for task := int(taken.Add(1)) - 1; task < tasks; task = int(taken.Add(1)) - 1 {
				for block := task * blocksPerTask; block < min(blocks, (task+1)*blocksPerTask); block++ {
					offset, length := blockAt(block, size)
					content := buffer[:length]
					n, err := file.ReadAt(content, offset)
					if n < len(content) && (err == nil || errors.Is(err, io.EOF)) {
						err = io.ErrUnexpectedEOF
					}
					if err != nil && !errors.Is(err, io.EOF) {
						return err
					}
					hash := hashes.of(block)
					binary.LittleEndian.PutUint64(hash, xxhash.Sum64(content))
					if each != nil {
						if err := each(block, hash, content); err != nil {
							return err
						}
					}
				}
				if err := ctx.Err(); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return hashes, group.Wait()
}

// copyBlocks writes the blocks of source to target unless it has them already: its hashes are old. It returns the new ones.
func copyBlocks(ctx context.Context, target, source atomicfile.File, size int64, old blockHashes) (blockHashes, error) {
	if was, err := target.Size(); err != nil {
		return nil, err
	} else if was > size {
		if err := target.Truncate(size); err != nil {
			return nil, err
		}
	}
	return hashBlocks(ctx, source, size, func(block int, hash, content []byte) error {
		if bytes.Equal(old.of(block), hash) {
			return nil
		}
		offset, _ := blockAt(block, size)
		n, err := target.WriteAt(content, offset)
		if err == nil && n < len(content) {
			err = io.ErrShortWrite
		}
		return err
	})
}
