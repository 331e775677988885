package notify

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"os"
	"strings"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
)

// googleStorage is a bucket of Google Cloud Storage. It makes two requests of the JSON API; docs/dependencies.md says why Google's own
// library does not.
type googleStorage struct {
	bucket, prefix string
	base           string // URL of the API
	client         *http.Client
}

// googleScope is the permission to ask for: reading and writing objects.
const googleScope = "https://www.googleapis.com/auth/devstorage.read_write"

// openGoogle returns a bucket by its URL, with the credentials of Google's tools. Like these, it uses the emulator in STORAGE_EMULATOR_HOST.
func openGoogle(ctx context.Context, u *url.URL) (*googleStorage, error) {
	query := u.Query()
	for name := range query {
		switch name {
		case "prefix", "anonymous", "universe_domain":
		case "access_id", "private_key_path": // for links to objects, of which there are none
		default:
			return nil, fmt.Errorf("invalid query parameter %q", name)
		}
	}
	domain := cmp.Or(query.Get("universe_domain"), "googleapis.com")
	s := &googleStorage{bucket: u.Host, prefix: query.Get("prefix"), base: "https://storage." + domain, client: &http.Client{}}
	if emulator := os.Getenv("STORAGE_EMULATOR_HOST"); emulator != "" {
		if s.base = strings.TrimSuffix(emulator, "/"); !strings.Contains(emulator, "://") {
			s.base = "http://" + s.base
		}
		return s, nil
	}
	if query.Get("anonymous") == "true" {
		return s, nil
	}
	var err error
	s.client, err = googleClient(ctx, domain)
	return s, err
}

// googleClient returns a client with the default credentials of Google's tools.
func googleClient(ctx context.Context, domain string) (*http.Client, error) {
	credentials, err := google.FindDefaultCredentialsWithParams(ctx, google.CredentialsParams{Scopes: []string{googleScope}, UniverseDomain: domain})
	if err != nil { // its text can have parts of the file
		return nil, errors.New("there are no valid credentials of Google\nhint: set GOOGLE_APPLICATION_CREDENTIALS to the file with the key of a service account")
	}
	return oauth2.NewClient(ctx, credentials.TokenSource), nil
}

func (s *googleStorage) Close() error { return nil }

// IsAccessible reports whether the bucket exists.
func (s *googleStorage) IsAccessible(ctx context.Context) (bool, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+"/storage/v1/b/"+url.PathEscape(s.bucket)+"/o?maxResults=1", nil)
	if err != nil {
		return false, err
	}
	err = s.do(request)
	if refused, ok := errors.AsType[*googleError](err); ok && refused.status == http.StatusNotFound {
		return false, nil
	}
	return err == nil, err
}

// upload writes an object in one request. It appears when the server has all of it and its MD5 matches.
func (s *googleStorage) upload(ctx context.Context, file *os.File, o newObject) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	metadata, err := json.Marshal(map[string]any{
		"name": s.prefix + o.key, "contentType": o.contentType, "md5Hash": base64.StdEncoding.EncodeToString(o.md5), "metadata": o.metadata,
	})
	if err != nil {
		return err
	}
	var around bytes.Buffer // the body without the file
	parts := multipart.NewWriter(&around)
	w, _ := parts.CreatePart(textproto.MIMEHeader{"Content-Type": {"application/json"}}) // writing to a buffer never fails
	_, _ = w.Write(metadata)
	_, _ = parts.CreatePart(textproto.MIMEHeader{"Content-Type": {o.contentType}})
	head := around.Len()
	_ = parts.Close()
	body := io.MultiReader(bytes.NewReader(around.Bytes()[:head]), file, bytes.NewReader(around.Bytes()[head:]))
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.base+"/upload/storage/v1/b/"+url.PathEscape(s.bucket)+"/o?uploadType=multipart", body)
	if err != nil {
		return err
	}
	request.ContentLength = int64(around.Len()) + info.Size()
	request.Header.Set("Content-Type", "multipart/related; boundary="+parts.Boundary())
	return s.do(request)
}

// do makes a request, whose answer matters only by its status.
func (s *googleStorage) do(request *http.Request) error {
	response, err := s.client.Do(request)
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok && refused.Response.StatusCode/100 == 4 {
		return &googleError{http.StatusUnauthorized} // of the server of tokens
	}
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<20)) // so that the connection can be used again
	if response.StatusCode/100 != 2 {
		return &googleError{response.StatusCode}
	}
	return nil
}

// googleError is an answer that refuses a request.
type googleError struct{ status int }

func (e *googleError) Error() string       { return http.StatusText(e.status) }
func (e *googleError) HTTPStatusCode() int { return e.status }

// googleHints say what to do about a status.
var googleHints = map[int]string{
	http.StatusUnauthorized: "correct the key in GOOGLE_APPLICATION_CREDENTIALS",
	http.StatusForbidden:    "the credentials need the permission to write objects there",
	http.StatusNotFound:     "create the bucket, or correct its name",
}
