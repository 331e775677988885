package report

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"os/exec"
	"slices"
	"time"

	"callsheet/internal/atomicfile"
)

// errNoPoppler is returned by Picture if pdftoppm is not installed.
var errNoPoppler = errors.New("pdftoppm is not installed\nhint: install it, on Debian as the package poppler-utils, or leave the picture out")

const (
	pictureDPI     = 150 // twice as many pixels as a phone is wide
	pictureMargin  = 12  // white pixels that are left around the content
	pictureColours = 64  // as many as a page without photographs needs
	pictureTimeout = 30 * time.Second
)

// CheckPoppler returns errNoPoppler if Picture cannot find the program that it needs.
func CheckPoppler() error {
	if _, err := exec.LookPath("pdftoppm"); err != nil {
		return errNoPoppler
	}
	return nil
}

// HasSummary reports whether the first sheet is a summary, which PDF and Picture show on one page.
func (d *Definition) HasSummary() bool { return d.Sheets[0].Kind == "summary" }

// Picture writes the first page of a PDF as a PNG to path, without its margins and footer, completely or not at all.
func Picture(ctx context.Context, pdf, path string) error {
	if err := CheckPoppler(); err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, pictureTimeout)
	defer cancel()
	convert := exec.CommandContext(limited, "pdftoppm", "-r", fmt.Sprint(pictureDPI), "-f", "1", "-l", "1", "-png", pdf)
	convert.WaitDelay = time.Second
	var stderr bytes.Buffer
	convert.Stderr = &stderr
	output, err := convert.Output()
	if err != nil {
		return fmt.Errorf("pdftoppm: %w: %s", err, stderr.String())
	}
	page, err := png.Decode(bytes.NewReader(output))
	if err != nil {
		return fmt.Errorf("pdftoppm: %w", err)
	}
	picture := reduceColours(page, contentOf(page))
	return atomicfile.WriteReadable(path, func(w io.Writer) error {
		return (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(w, picture)
	})
}

// contentOf returns the part of a page that is not white, with a margin, without the footer in the last half inch.
func contentOf(page image.Image) image.Rectangle {
	bounds := page.Bounds()
	bounds.Max.Y -= pictureDPI / 2
	content := image.Rectangle{}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			if r, g, b, _ := page.At(x, y).RGBA(); min(r, g, b) < 0xff00 {
				content = content.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return content.Inset(-pictureMargin).Intersect(bounds)
}

// reduceColours returns a part of a page in its most frequent colours, which makes the file several times smaller. Text and charts
// have few colours, and the shades at the edges of letters have near ones.
func reduceColours(page image.Image, part image.Rectangle) *image.Paletted {
	counts := map[color.RGBA]int{}
	at := func(x, y int) color.RGBA { return color.RGBAModel.Convert(page.At(x, y)).(color.RGBA) }
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			counts[at(x, y)]++
		}
	}
	colours := make([]color.RGBA, 0, len(counts))
	for c := range counts {
		colours = append(colours, c)
	}
	key := func(c color.RGBA) int { return int(c.R)<<16 | int(c.G)<<8 | int(c.B) }
	slices.SortFunc(colours, func(a, b color.RGBA) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return key(a) - key(b)
	})
	var palette color.Palette
	for _, c := range colours[:min(len(colours), pictureColours)] {
		palette = append(palette, c)
	}
	nearest := map[color.RGBA]uint8{}
	for c := range counts {
		nearest[c] = uint8(palette.Index(c))
	}
	picture := image.NewPaletted(image.Rect(0, 0, part.Dx(), part.Dy()), palette)
	for y := range part.Dy() {
		for x := range part.Dx() {
			picture.SetColorIndex(x, y, nearest[at(part.Min.X+x, part.Min.Y+y)])
		}
	}
	return picture
}
