package notify

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
	"strings"
	"time"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/azureblob" // azblob://
	"gocloud.dev/blob/fileblob"    // file://
	_ "gocloud.dev/blob/s3blob"    // s3://
	"gocloud.dev/gcerrors"

	"callsheet/internal/atomicfile"
)

// Bucket is a channel to object storage. Credentials come from the environment variables of the storage's tools.
type Bucket struct {
	URL  string // s3://name?region=…, gs://, azblob:// or file://; prefix=… is prepended to the key
	Name string // pattern of the key; the default when empty
}

// Recipients returns the bucket.
func (b Bucket) Recipients(context.Context, string) ([]string, error) {
	return []string{b.location("")}, nil
}

// Key returns the bucket.
func (b Bucket) Key(recipient string) string { return recipient }

// Settings returns what decides where the object is: the query can contain the prefix, the endpoint and the region.
func (b Bucket) Settings() []any { return []any{"bucket", b.URL, b.Name} }

// location returns the URL of the bucket, or of a key in it, without its query, which may contain secrets.
func (b Bucket) location(key string) string {
	u, err := url.Parse(b.URL)
	if err != nil {
		return "bucket"
	}
	if key != "" {
		key = "/" + u.Query().Get("prefix") + key
	}
	return u.Scheme + "://" + u.Host + u.Path + key
}

// Idempotent returns true: an object of the same key is replaced.
func (b Bucket) Idempotent() bool { return true }

// Check opens the bucket and asks for the first name in it. Credentials that may only write are valid. It writes nothing.
func (b Bucket) Check(ctx context.Context) error {
	dir, query, ok := b.folder()
	if ok && !isInBucket(query.Get("prefix")+"x") {
		return permanent(errors.New("its prefix is outside of the bucket\nhint: a prefix begins below the bucket's folder, as in prefix=calls/"))
	}
	if ok && query.Get("create_dir") != "" {
		if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
			return nil
		}
	}
	bucket, err := b.open(ctx)
	if err != nil {
		return err
	}
	defer bucket.Close()
	exists, err := bucket.IsAccessible(ctx)
	if err == nil && !exists {
		return permanent(errors.New("it does not exist\nhint: create the bucket, or correct its name, region and endpoint"))
	}
	if err == nil || kindOf(err) == gcerrors.PermissionDenied && !slices.Contains(wrongCredentials, errorCode(err)) {
		return nil
	}
	return b.requestError(err)
}

// storage is an open bucket.
type storage interface {
	// IsAccessible reports whether the bucket exists.
	IsAccessible(ctx context.Context) (bool, error)
	// upload writes an object, which appears whole or not at all.
	upload(ctx context.Context, file *os.File, o newObject) error
	Close() error
}

// newObject is what is stored beside the content of an object.
type newObject struct {
	key, contentType string
	md5              []byte // the storage verifies it
	metadata         map[string]string
}

func (b Bucket) open(ctx context.Context) (storage, error) {
	u, err := url.Parse(b.URL)
	if err != nil {
		return nil, permanent(errInvalidURL)
	}
	if endpoint := u.Query().Get("endpoint"); endpoint != "" && !strings.HasPrefix(endpoint, "https://") && !strings.HasPrefix(endpoint, "http://") {
		return nil, permanent(errors.New("endpoint must begin with https:// or http://"))
	}
	var opened storage
	if u.Scheme == "gs" {
		opened, err = openGoogle(ctx, u)
	} else {
		var bucket *blob.Bucket
		bucket, err = blob.OpenBucket(ctx, b.URL)
		opened = libraryStorage{bucket}
	}
	if err != nil {
		return nil, permanent(b.openError(err))
	}
	return opened, nil
}

// libraryStorage is a bucket of gocloud.dev.
type libraryStorage struct{ *blob.Bucket }

func (s libraryStorage) upload(ctx context.Context, file *os.File, o newObject) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // a write that is canceled before Close creates no object
	w, err := s.NewWriter(ctx, o.key, &blob.WriterOptions{ContentType: o.contentType, ContentMD5: o.md5, Metadata: o.metadata})
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, file); err != nil {
		cancel()
		_ = w.Close()
		return err
	}
	return w.Close()
}

// nameIn adds the bucket to an error.
func (b Bucket) nameIn(err *error) {
	if *err != nil {
		*err = fmt.Errorf("bucket %s: %w", b.location(""), *err)
	}
}

// uploadTimeout is far above what a workbook needs over a slow line.
const uploadTimeout = 10 * time.Minute

// Send writes the workbook as an object, which appears atomically.
func (b Bucket) Send(ctx context.Context, message Message, _ string) (_ string, err error) {
	if message.File == "" {
		return "", nil
	}
	defer b.nameIn(&err)
	key := message.fileName(b.Name)
	dir, query, isFolder := b.folder()
	if isFolder && query.Get("create_dir") != "" {
		if err := atomicfile.MkdirReadable(dir); err != nil {
			return "", writeHint(err)
		}
	}
	bucket, err := b.open(ctx)
	if err != nil {
		return "", err
	}
	defer bucket.Close()
	if isFolder {
		if err = copyIntoBucket(message.File, dir, query.Get("prefix")+key); err == nil || errors.Is(err, ErrWarning) {
			return b.location(key), err
		}
		return "", err
	}
	file, err := os.Open(message.File)
	if err != nil {
		return "", permanent(err)
	}
	defer file.Close()
	sum := md5.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, uploadTimeout)
	defer cancel()
	if err := bucket.upload(ctx, file, newObject{
		key:         key,
		contentType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		md5:         sum.Sum(nil),
		metadata:    map[string]string{"sha256": message.SHA256},
	}); err != nil {
		return "", b.requestError(err)
	}
	return b.location(key), nil
}

// isInBucket reports whether a key of a file:// bucket is a path below its folder.
func isInBucket(key string) bool { return filepath.IsLocal(filepath.FromSlash(key)) }

// copyIntoBucket writes an object of a file:// bucket like a Folder: the library's writer cannot rename from the folder for temporary
// files to a share, and syncs nothing.
func copyIntoBucket(file, dir, key string) error {
	if !isInBucket(key) {
		return permanent(fmt.Errorf("the key %q is outside of the bucket", key))
	}
	path := filepath.Join(dir, filepath.FromSlash(key))
	refused, err := copyFile(file, path)
	if err != nil {
		return err
	}
	_ = os.Remove(path + ".attrs") // metadata of the previous object, which earlier versions wrote
	if refused != "" {
		return warning(errors.New(refused))
	}
	return nil
}

// Folder returns the folder of a file:// bucket; ok is false for other buckets.
func (b Bucket) Folder() (dir string, ok bool) {
	dir, _, ok = b.folder()
	return dir, ok
}

// Location returns the URL of the bucket without its query, which may contain secrets.
func (b Bucket) Location() string { return b.location("") }

// folder returns the folder of a file:// bucket and the query of its URL; ok is false for other buckets.
func (b Bucket) folder() (dir string, query url.Values, ok bool) {
	u, err := url.Parse(b.URL)
	if err != nil || u.Scheme != fileblob.Scheme {
		return "", nil, false // opening the bucket reports the error
	}
	if dir = u.Path; u.Host == "." {
		dir = strings.TrimPrefix(dir, "/")
	}
	return filepath.FromSlash(dir), u.Query(), true
}
