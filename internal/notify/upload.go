package notify

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/textproto"
	"os"
	"path"
	"strings"
)

const workbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// upload is a file to upload.
type upload struct {
	name, contentType string
	body              io.ReadCloser
	length            int64
}

// summaryTypes are the content types of the forms of a summary.
var summaryTypes = map[string]string{SummaryPicture: "image/png", SummaryPDF: "application/pdf"}

// upload returns the summary in a form, if it was made, else the workbook, and the text of a message without one.
func (m Message) upload(summary string) (upload, error) {
	if m.File == "" {
		text := m.Text() + "\n"
		name := strings.TrimSuffix(m.fileName(""), ".xlsx") + ".txt"
		return upload{name, "text/plain; charset=utf-8", io.NopCloser(strings.NewReader(text)), int64(len(text))}, nil
	}
	name, contentType, source := m.fileName(""), workbookType, m.File
	if made := SummaryPath(m.File, summary); summary != "" && exists(made) {
		name, contentType, source = strings.TrimSuffix(name, ".xlsx")+path.Ext(made), summaryTypes[summary], made
	}
	file, err := os.Open(source)
	if err != nil {
		return upload{}, err
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return upload{}, err
	}
	return upload{name, contentType, file, info.Size()}, nil
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// formContent returns a form with fields, and a file as its last field. The file is not read into memory.
func formContent(fields [][2]string, fileField string, u upload) content {
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
	}
}
