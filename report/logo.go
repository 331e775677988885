package report

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg" // a logo may be either
	_ "image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"callsheet/report/xlsx"
)

// maxLogoHeight and maxLogoWidth are in pixels.
const maxLogoHeight, maxLogoWidth = 44, 220

// addLogo puts the definition's logo to the right of the title.
func (p *page) addLogo() {
	path := p.def.path(p.def.Logo)
	if path == "" || p.Err() != nil {
		return
	}
	picture, err := os.ReadFile(path)
	if err != nil {
		p.Check(fmt.Errorf("logo: %w", err))
		return
	}
	size, format, err := image.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		p.Check(fmt.Errorf("logo %s: %w\nhint: use a PNG or JPEG", path, err))
		return
	}
	scale := min(maxLogoHeight/float64(size.Height), maxLogoWidth/float64(size.Width))
	// The logo ends at the right edge of the grid.
	column, offset := firstColumn, chartWidth-int(scale*float64(size.Width))
	for _, width := range gridPixels() {
		if offset < width {
			break
		}
		offset -= width
		column++
	}
	p.AddPicture(column, 1, xlsx.Picture{
		Format: format, Image: picture, Scale: scale, OffsetX: offset, OffsetY: 2,
		AltText: "Logo, " + strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)),
	})
}

// gridPixels returns the widths of the summary's columns from firstColumn on.
func gridPixels() []int {
	var widths []int
	for column := firstColumn; column <= lastColumn; column++ {
		width := gapWidth
		if slices.Contains(gridColumns, column) {
			width = gridWidth
		}
		widths = append(widths, int(width*7+5))
	}
	return widths
}
