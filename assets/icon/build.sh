#!/bin/sh
# Draws icon.png from icon.svg. Needs ImageMagick.
set -eu
cd "$(dirname "$0")"
convert -background none -density 96 icon.svg -resize 512x512 -strip \
	-define png:exclude-chunks=date,time PNG32:icon.png
