package notify

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/textproto"
	"os"
	"strings"
)

const workbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// upload is a file to upload: the workbook, or the text of a message without one.
type upload struct {
	name, contentType string
	body              io.ReadCloser
	length            int64
}

func (m Message) upload() (upload, error) {
	if m.File == "" {
		text := m.Text() + "\n"
		name := strings.TrimSuffix(m.fileName(""), ".xlsx") + ".txt"
		return upload{name, "text/plain; charset=utf-8", io.NopCloser(strings.NewReader(text)), int64(len(text))}, nil
	}
	file, err := os.Open(m.File)
	if err != nil {
		return upload{}, err
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return upload{}, err
	}
	return upload{m.fileName(""), workbookType, file, info.Size()}, nil
}

// formContent returns a form with fields, and a file as its last field. The file is not read into memory.
func formContent(fields [][2]string, fileField string, message Message) (content, error) {
	u, err := message.upload()
	if err != nil {
		return content{}, err
	}
	var form bytes.Buffer // writing to it cannot fail
	w := multipart.NewWriter(&form)
	for _, field := range fields {
		_ = w.WriteField(field[0], field[1])
	}
	_, _ = w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition(fileField, u.name)}, "Content-Type": {u.contentType},
	})
	begin := form.Len()
	_ = w.Close()
	all := form.Bytes()
	return content{
		contentType: w.FormDataContentType(), body: io.MultiReader(bytes.NewReader(all[:begin]), u.body, bytes.NewReader(all[begin:])),
		length: int64(len(all)) + u.length, file: u.body,
	}, nil
}
