package deliver

import (
	"context"
	"crypto/md5"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/azureblob" // azblob://
	"gocloud.dev/blob/fileblob"    // file://
	_ "gocloud.dev/blob/gcsblob"   // gs://
	_ "gocloud.dev/blob/s3blob"    // s3://
	"gocloud.dev/gcerrors"

	"callsheet/internal/atomicfile"
)

// Bucket is a bucket of object storage. How to log in comes from the environment, as that storage's own tools have it.
type Bucket struct {
	URL  string // s3://name?region=…, gs://, azblob:// or file://; prefix=… puts all below a path
	Name string // pattern of the key; the usual name when empty
}

// BucketSchemes are those of URLs that a bucket can have.
var BucketSchemes = []string{"s3", "gs", "azblob", "file"}

// Recipients is the bucket alone.
func (b Bucket) Recipients(context.Context, string) ([]string, error) {
	return []string{b.place("")}, nil
}

// place is the bucket's URL without its settings, which may be secret, and a key.
func (b Bucket) place(key string) string {
	u, err := url.Parse(b.URL)
	if err != nil {
		return "bucket"
	}
	if key != "" {
		key = "/" + u.Query().Get("prefix") + key
	}
	return u.Scheme + "://" + u.Host + u.Path + key
}

// Repeatable is true: an object of the same key is replaced.
func (b Bucket) Repeatable() bool { return true }

// Send writes the workbook as an object, which appears whole or not at all.
func (b Bucket) Send(ctx context.Context, parcel Parcel, _ string) (_ string, err error) {
	if parcel.File == "" {
		return "", nil
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("bucket %s: %w", b.place(""), err)
		}
		// What the storage will say again next time.
		if slices.Contains([]gcerrors.ErrorCode{gcerrors.NotFound, gcerrors.PermissionDenied, gcerrors.InvalidArgument, gcerrors.Unimplemented},
			gcerrors.Code(errors.Unwrap(err))) {
			err = refused(err)
		}
	}()
	key := parcel.name(b.Name)
	if err := b.makeFolder(key); err != nil {
		return "", err
	}
	bucket, err := blob.OpenBucket(ctx, b.URL)
	if err != nil {
		return "", refused(err)
	}
	defer bucket.Close()
	file, err := os.Open(parcel.File)
	if err != nil {
		return "", refused(err)
	}
	defer file.Close()
	sum := md5.New() // the storage compares it with what it got
	if _, err := io.Copy(sum, file); err != nil {
		return "", err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // before Close, it leaves no object
	w, err := bucket.NewWriter(ctx, key, &blob.WriterOptions{
		ContentType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		ContentMD5:  sum.Sum(nil),
		Metadata:    map[string]string{"sha256": parcel.SHA256},
		BeforeWrite: readable,
	})
	if err != nil {
		return "", err
	}
	if _, err := io.Copy(w, file); err != nil {
		cancel()
		return "", errors.Join(err, w.Close())
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return b.place(key), nil
}

// makeFolder makes the folder of a key in a file:// bucket, for all users to read like that of a folder delivery.
func (b Bucket) makeFolder(key string) error {
	u, err := url.Parse(b.URL)
	if err != nil || u.Scheme != fileblob.Scheme {
		return err
	}
	base := filepath.Join(u.Host, u.Path)
	if _, err := os.Stat(base); err != nil && !u.Query().Has("create_dir") {
		return nil // opening the bucket says what is wrong
	}
	return atomicfile.MkdirReadable(filepath.Dir(filepath.Join(base, u.Query().Get("prefix"), filepath.FromSlash(key))))
}

// readable lets all users read a workbook in a file:// bucket.
func readable(as func(any) bool) error {
	var file *os.File
	if as(&file) {
		return file.Chmod(atomicfile.Readable)
	}
	return nil
}
