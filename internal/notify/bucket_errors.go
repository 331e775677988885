package notify

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"gocloud.dev/gcerrors"

	"callsheet/internal/lazyregexp"
	"callsheet/internal/remote"
)

// bucketParameters are parameters of URLs, which errors may name.
var bucketParameters = []string{
	"accelerate", "anonymous", "disable_https", "dualstack", "fips", "hostname_immutable", "profile", "rate_limiter_capacity",
	"request_checksum_calculation", "response_checksum_validation", "role", "s3ForcePathStyle", "ssetype", "use_path_style",
	"universe_domain", "create_dir", "dir_file_mode", "metadata", "no_tmp_dir", "domain", "protocol", "localemu", "cdn", "prefix",
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
	if remote.ContainsSecret(text, secrets...) {
		named := ""
		for key := range u.Query() {
			if slices.Contains(bucketParameters, key) && strings.Contains(text, key) {
				named = ", see " + key
			}
		}
		return errors.New("its URL has parameters that this storage does not accept" + named + "\nhint: docs/delivery.md lists the parameters, and so does https://gocloud.dev/howto/blob/")
	}
	return errors.New(strings.TrimPrefix(text, "open bucket "+b.location("")+": "))
}

// errorCodeForm matches the error codes of storages, such as NoSuchBucket or AccessDenied.
var errorCodeForm = lazyregexp.New(`^[A-Z][A-Za-z]{2,50}$`)

// errorCode returns the error code of a storage; empty if it sent none.
func errorCode(err error) string {
	var coded interface{ ErrorCode() string } // S3
	code := ""
	if errors.As(err, &coded) {
		code = coded.ErrorCode()
	}
	if azure, ok := errors.AsType[*azcore.ResponseError](err); ok {
		code = azure.ErrorCode
	}
	if !errorCodeForm().MatchString(code) {
		return ""
	}
	return code
}

// statusCode returns the HTTP status of a storage's answer; 0 if it sent none.
func statusCode(err error) int {
	var status interface{ HTTPStatusCode() int } // S3 and Google
	if azure, ok := errors.AsType[*azcore.ResponseError](err); ok {
		return azure.StatusCode
	}
	if errors.As(err, &status) {
		return status.HTTPStatusCode()
	}
	return 0
}

// kindOf returns the kind of a storage's error.
func kindOf(err error) gcerrors.ErrorCode {
	if google, ok := errors.AsType[*googleError](err); ok {
		switch google.status {
		case http.StatusBadRequest:
			return gcerrors.InvalidArgument
		case http.StatusForbidden:
			return gcerrors.PermissionDenied
		case http.StatusNotFound:
			return gcerrors.NotFound
		}
		return gcerrors.Unknown
	}
	return gcerrors.Code(err)
}

// wrongCredentials are the error codes for credentials that the storage does not know.
var wrongCredentials = []string{"InvalidAccessKeyId", "SignatureDoesNotMatch", "AuthenticationFailed", "InvalidAuthenticationInfo", "InvalidSecurity"}

// bucketHints say what to do about an error code.
var bucketHints = map[string][]string{
	"create the bucket, or correct its name, region and endpoint":                  {"NoSuchBucket", "ContainerNotFound"},
	"correct the access key and its secret, in the environment or in the profile":  wrongCredentials,
	"the credentials of the session have expired":                                  {"ExpiredToken", "InvalidToken", "TokenRefreshRequired"},
	"the clock of this machine is wrong":                                           {"RequestTimeTooSkewed", "RequestExpired"},
	"correct region=… in the URL: the bucket is in another":                        {"AuthorizationHeaderMalformed", "PermanentRedirect", "TemporaryRedirect", "IllegalLocationConstraintException", "InvalidRegion"},
	"the credentials need the permission to write objects there":                   {"AccessDenied", "AllAccessDisabled", "AuthorizationFailure", "AuthorizationPermissionMismatch"},
	"an older storage needs request_checksum_calculation=when_required in the URL": {"NotImplemented", "InvalidArgument", "InvalidRequest", "MissingContentLength", "XAmzContentSHA256Mismatch", "InvalidTrailer", "MalformedTrailerError"},
}

// requestError returns why a storage did not accept a request: the kind of error, the status and the error code. The text of the
// storage is left out, since it can repeat the request.
func (b Bucket) requestError(err error) error {
	kind, code := kindOf(err), errorCode(err)
	switch text := err.Error(); {
	case strings.Contains(text, "failed to refresh cached credentials"):
		return errors.New("there are no credentials\nhint: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile: profile=… in the URL")
	case strings.Contains(text, "Missing Region"), strings.Contains(text, "Invalid region"):
		return permanent(errors.New("there is no region\nhint: add region=… to the URL, or set AWS_REGION"))
	}
	var words []string
	if kind != gcerrors.Unknown {
		words = append(words, kind.String())
	}
	if status := statusCode(err); status > 0 {
		words = append(words, fmt.Sprintf("the server answered %d %s", status, http.StatusText(status)))
	}
	if code != "" {
		words = append(words, code)
	}
	if cause := remote.Redact(err); cause != remote.ErrInvalidAnswer || len(words) == 0 {
		words = append(words, cause.Error())
	}
	summary := errors.New(strings.Join(words, ", ") + b.hint(code, err))
	if slices.Contains([]gcerrors.ErrorCode{gcerrors.NotFound, gcerrors.PermissionDenied, gcerrors.InvalidArgument, gcerrors.Unimplemented}, kind) {
		return permanent(summary)
	}
	return summary
}

// hint returns what to do about an error; empty if there is nothing to say.
func (b Bucket) hint(code string, err error) string {
	for hint, codes := range bucketHints {
		if slices.Contains(codes, code) {
			return "\nhint: " + hint
		}
	}
	if google, ok := errors.AsType[*googleError](err); ok && googleHints[google.status] != "" {
		return "\nhint: " + googleHints[google.status]
	}
	if lookup, ok := errors.AsType[*net.DNSError](err); ok && lookup.IsNotFound && strings.Contains(b.URL, "endpoint=") {
		return "\nhint: correct the endpoint; a storage without a host name for each bucket needs use_path_style=true in the URL"
	}
	return ""
}
