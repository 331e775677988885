package notify

import (
	"context"
	"crypto/md5"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/azureblob" // azblob://
	"gocloud.dev/blob/fileblob"    // file://
	_ "gocloud.dev/blob/gcsblob"   // gs://
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

// Send writes the workbook as an object, which appears atomically.
func (b Bucket) Send(ctx context.Context, message Message, _ string) (_ string, err error) {
	if message.File == "" {
		return "", nil
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("bucket %s: %w", b.location(""), err)
		}
	}()
	key := message.fileName(b.Name)
	dir, query, isFolder := b.folder()
	if isFolder && query.Get("create_dir") != "" {
		if err := atomicfile.MkdirReadable(dir); err != nil {
			return "", writeHint(err)
		}
	}
	bucket, err := blob.OpenBucket(ctx, b.URL)
	if err != nil {
		return "", permanent(b.openError(err))
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
	sum := md5.New() // the storage verifies it
	if _, err := io.Copy(sum, file); err != nil {
		return "", err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // a write that is canceled before Close creates no object
	w, err := bucket.NewWriter(ctx, key, &blob.WriterOptions{
		ContentType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		ContentMD5:  sum.Sum(nil),
		Metadata:    map[string]string{"sha256": message.SHA256},
	})
	if err != nil {
		return "", writeError(err)
	}
	if _, err := io.Copy(w, file); err != nil {
		cancel()
		_ = w.Close()
		return "", writeError(err)
	}
	if err := w.Close(); err != nil {
		return "", writeError(err)
	}
	return b.location(key), nil
}

// copyIntoBucket writes an object of a file:// bucket like a Folder: the library's writer cannot rename from the folder for temporary
// files to a share, and syncs nothing.
func copyIntoBucket(file, dir, key string) error {
	if !filepath.IsLocal(filepath.FromSlash(key)) {
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

// folder returns the folder of a file:// bucket; ok is false for other buckets.
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

// openError returns why a bucket cannot be opened. Nothing was sent yet, so only the URL can disclose a secret.
func (b Bucket) openError(err error) error {
	text := strings.ReplaceAll(err.Error(), b.URL, b.location(""))
	u, parseErr := url.Parse(b.URL)
	if parseErr != nil {
		return errInvalidURL
	}
	password, _ := u.User.Password()
	secrets := []string{u.User.Username(), password, u.RawQuery}
	for key, values := range u.Query() {
		secrets = append(secrets, values...)
		if strings.Join(values, "") == "" {
			secrets = append(secrets, key)
		}
	}
	if containsSecret(text, secrets...) {
		return errors.New("its URL has parameters that this storage does not accept\nhint: see https://gocloud.dev/howto/blob/")
	}
	return errors.New(text)
}

// errorCode matches the error codes of storages, such as NoSuchBucket or AccessDenied.
var errorCode = regexp.MustCompile(`^[A-Z][A-Za-z]{2,50}$`)

// writeError returns why a storage did not take an object: the kind of error, the status and the error code. The text of the storage
// is left out, since it can repeat the request.
func writeError(err error) error {
	var words []string
	kind := gcerrors.Code(err)
	if kind != gcerrors.Unknown {
		words = append(words, kind.String())
	}
	var status interface{ HTTPStatusCode() int }
	var code interface{ ErrorCode() string }
	if errors.As(err, &status) && status.HTTPStatusCode() > 0 {
		words = append(words, fmt.Sprintf("the server answered %d %s", status.HTTPStatusCode(), http.StatusText(status.HTTPStatusCode())))
	}
	if errors.As(err, &code) && errorCode.MatchString(code.ErrorCode()) {
		words = append(words, code.ErrorCode())
	}
	if cause := redact(err); cause != errInvalidAnswer || len(words) == 0 {
		words = append(words, cause.Error())
	}
	summary := errors.New(strings.Join(words, ", "))
	if slices.Contains([]gcerrors.ErrorCode{gcerrors.NotFound, gcerrors.PermissionDenied, gcerrors.InvalidArgument, gcerrors.Unimplemented}, kind) {
		return permanent(summary)
	}
	return summary
}
