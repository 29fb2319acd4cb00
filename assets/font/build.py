#!/usr/bin/env python3
"""Builds MuquUI-Regular.otf, the one face that the tablet app is set in.

One face, because the toolkit takes the line height from one font and cuts off
whatever a fallback font draws below it: Tibetan stacks lost their lower
letters. So Chinese, Latin and Tibetan outlines are put into a single file whose
line is tall enough for the deepest modern Tibetan stack.

Sources, all from Debian packages (SIL Open Font License 1.1):
  fonts-noto-cjk    NotoSansCJK-Regular.ttc, face "Noto Sans CJK SC"
  fonts-noto-core   NotoSerifTibetan-Regular.ttf, NotoSansSymbols2-Regular.ttf
  unicode-data      Unihan_OtherMappings.txt.bz2, property kTGH (the 8,105
                    characters of the national table of general standard
                    characters)

Usage: /usr/bin/python3 assets/font/build.py   (needs python3-fonttools)
The same inputs give the same bytes: no clock enters the result.
"""

import bz2
import csv
import os
import sys

from fontTools import subset
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTFont

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "MuquUI-Regular.otf")

CJK = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
CJK_FACE = 2  # Noto Sans CJK SC
TIBETAN = "/usr/share/fonts/truetype/noto/NotoSerifTibetan-Regular.ttf"
SYMBOLS = "/usr/share/fonts/truetype/noto/NotoSansSymbols2-Regular.ttf"
UNIHAN = "/usr/share/unicode/Unihan_OtherMappings.txt.bz2"

ASCENT, DESCENT = 1170, 720  # deepest modern stack reaches -694
TIMESTAMP = 3849638400  # fixed, seconds since 1904: 2025-12-27


def gb2312():
    """All characters of GB2312."""
    chars = set()
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                chars.add(ord(bytes([high, low]).decode("gb2312")))
            except UnicodeDecodeError:
                pass
    return chars


def standard():
    """The 8,105 characters of the national table."""
    chars = set()
    with bz2.open(UNIHAN, "rt", encoding="utf-8") as lines:
        for line in lines:
            parts = line.split("\t")
            if len(parts) == 3 and parts[1] == "kTGH":
                chars.add(int(parts[0][2:], 16))
    if len(chars) != 8105:
        sys.exit("expected 8105 standard characters, found %d" % len(chars))
    return chars


def in_assets():
    """Whatever our own region names, forms and translations use."""
    chars = set()
    for folder in ("region", "form", "text"):
        top = os.path.join(HERE, "..", folder)
        for name in sorted(os.listdir(top)) if os.path.isdir(top) else []:
            if name.endswith(".csv"):
                with open(os.path.join(top, name), encoding="utf-8") as rows:
                    for row in csv.reader(rows):
                        chars.update(ord(c) for cell in row for c in cell)
    return chars


def signs():
    """Latin-1, punctuation, arrows, numbers, shapes, full-width forms."""
    ranges = [
        (0x20, 0x7F), (0xA0, 0x100), (0x2010, 0x2028), (0x2030, 0x2040),
        (0x2160, 0x2180), (0x2190, 0x2200), (0x2460, 0x2500),
        (0x25A0, 0x2600), (0x3000, 0x3040), (0xFF00, 0xFFF0),
    ]
    chars = {0x20AC, 0x2103, 0x2116, 0x2122, 0x2212, 0x2264, 0x2265, 0x2260,
             0x26A0, 0x2713, 0x2717, 0x3007}
    for low, high in ranges:
        chars.update(range(low, high))
    return chars


def open_subset(path, chars, face=-1):
    """The font at path with only chars; everything is read before we return."""
    font = TTFont(path, fontNumber=face, lazy=False, recalcTimestamp=False)
    have = set(font.getBestCmap())
    options = subset.Options()
    options.layout_features = ["*"]
    options.hinting = False
    options.notdef_outline = True
    options.glyph_names = True
    options.drop_tables += ["DSIG", "VORG", "vhea", "vmtx", "BASE", "hdmx"]
    if path == CJK:
        options.drop_tables += ["GSUB", "GPOS", "GDEF"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=sorted(chars & have))
    subsetter.subset(font)
    if font["head"].unitsPerEm != 1000:
        from fontTools.ttLib.scaleUpem import scale_upem
        scale_upem(font, 1000)
    return font


class Face:
    """Collects outlines, widths and characters of several fonts."""

    def __init__(self):
        self.order, self.strings, self.metrics, self.cmap = [], {}, {}, {}

    def add(self, font, prefix):
        """Adds all glyphs of font under prefix; earlier characters win."""
        glyphs = font.getGlyphSet()
        names = {}
        for name in font.getGlyphOrder():
            if name == ".notdef" and ".notdef" in self.strings:
                names[name] = ".notdef"
                continue
            new = name if name == ".notdef" else prefix + name
            names[name] = new
            width, left = font["hmtx"][name]
            pen = T2CharStringPen(width, glyphs, roundTolerance=0.5)
            record = DecomposingRecordingPen(glyphs)
            glyphs[name].draw(record)
            record.replay(pen)
            self.order.append(new)
            self.strings[new] = pen.getCharString()
            self.metrics[new] = (width, left)
        for char, name in font.getBestCmap().items():
            self.cmap.setdefault(char, names[name])


def build(cjk, tibetan, symbols):
    """The merged face."""
    face = Face()
    face.add(cjk, "")
    face.add(tibetan, "")
    face.add(symbols, "sym.")
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder(face.order)
    builder.setupCharacterMap(face.cmap)
    builder.setupCFF("MuquUI-Regular", {"FullName": "Muqu UI", "FamilyName": "Muqu UI"}, face.strings, {})
    builder.setupHorizontalMetrics(face.metrics)
    builder.setupHorizontalHeader(ascent=ASCENT, descent=-DESCENT, lineGap=0)
    builder.setupOS2(version=4, sTypoAscender=ASCENT, sTypoDescender=-DESCENT, sTypoLineGap=0,
                     usWinAscent=ASCENT, usWinDescent=DESCENT, sxHeight=543, sCapHeight=733,
                     fsSelection=0x40 | 0x80, achVendID="MUQU")
    builder.setupPost(keepGlyphNames=False)
    builder.setupNameTable({
        "copyright": "Outlines: (c) 2014-2021 Adobe; 2020 Google Inc. (Noto Sans CJK SC, Noto Serif Tibetan, "
                     "Noto Sans Symbols 2). Merged for Muqu.",
        "familyName": "Muqu UI", "styleName": "Regular",
        "uniqueFontIdentifier": "MuquUI-Regular-1", "fullName": "Muqu UI", "psName": "MuquUI-Regular",
        "version": "Version 1.000",
        "licenseDescription": "This Font Software is licensed under the SIL Open Font License, Version 1.1.",
        "licenseInfoURL": "https://scripts.sil.org/OFL",
    })
    font = builder.font
    for tag in ("GSUB", "GPOS", "GDEF"):
        font[tag] = tibetan[tag]
    font["head"].created = font["head"].modified = TIMESTAMP
    font.recalcTimestamp = False
    return font


def main():
    chinese = gb2312() | standard() | signs() | in_assets()
    cjk = open_subset(CJK, chinese, CJK_FACE)
    tibetan = open_subset(TIBETAN, set(range(0x0F00, 0x1000)) | {0x200C, 0x200D, 0x25CC})
    missing = chinese - set(cjk.getBestCmap())
    symbols = open_subset(SYMBOLS, missing)
    clash = set(cjk.getGlyphOrder()) & set(tibetan.getGlyphOrder()) - {".notdef"}
    if clash:
        sys.exit("glyph names in both fonts: %s" % sorted(clash)[:5])
    font = build(cjk, tibetan, symbols)
    font.save(OUT)
    have = set(font.getBestCmap())
    hanzi = sorted(c for c in chinese - have if c >= 0x3400)
    print("%s: %d bytes, %d characters, %d glyphs; without outline: %s" % (
        os.path.basename(OUT), os.path.getsize(OUT), len(have), len(font.getGlyphOrder()),
        " ".join("%04X" % c for c in hanzi) or "none"))


if __name__ == "__main__":
    main()
