package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"callsheet/internal/remote"
)

// sendSlackFile uploads the workbook into a channel of Slack, with the message: https://docs.slack.dev/messaging/working-with-files. A
// message without a workbook is posted. Only the last request makes anything visible.
func (w Webhook) sendSlackFile(ctx context.Context, api string, header http.Header, message Message) error {
	api = strings.TrimSuffix(api, "/") + "/"
	payload := message.slackPayload()
	if message.File == "" {
		payload["channel"] = w.Channel
		return w.postJSON(ctx, api+"chat.postMessage", header, payload)
	}
	file, err := message.upload(w.Summary)
	if err != nil {
		return permanent(err)
	}
	defer file.body.Close()
	form := url.Values{"filename": {file.name}, "length": {strconv.FormatInt(file.length, 10)}}.Encode()
	answer, err := w.post(ctx, api+"files.getUploadURLExternal", header, bytesContent("application/x-www-form-urlencoded", []byte(form)))
	if err != nil {
		return again(err)
	}
	var target struct {
		UploadURL string `json:"upload_url"`
		FileID    string `json:"file_id"`
	}
	if err := json.Unmarshal(answer, &target); err != nil || target.UploadURL == "" || target.FileID == "" {
		return remote.ErrInvalidAnswer
	}
	_, err = w.post(ctx, target.UploadURL, nil, content{contentType: file.contentType, body: file.body, length: file.length})
	if err != nil {
		return again(err)
	}
	return w.postJSON(ctx, api+"files.completeUploadExternal", header, map[string]any{
		"files": []any{map[string]string{"id": target.FileID, "title": file.name}}, "channel_id": w.Channel, "blocks": payload["blocks"],
	})
}

func (w Webhook) postJSON(ctx context.Context, to string, header http.Header, value any) error {
	sent, err := jsonContent(value)
	if err != nil {
		return permanent(err)
	}
	_, err = w.post(ctx, to, header, sent)
	return err
}

// again returns the error of a request that makes nothing visible, and so can be repeated even if it may have arrived.
func again(err error) error {
	if errors.Is(err, ErrUnknown) {
		return fmt.Errorf("%s", strings.TrimSuffix(err.Error(), ": "+ErrUnknown.Error()))
	}
	return err
}
