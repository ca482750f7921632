#!/usr/bin/env python3
# Writes unicode_tables.h and html_names.h beside this file: what tokenizers know of characters. Classes and lower case are asked
# of the tokenizers library itself (Unicode 16 and 17 in 0.23; its BERT classes are of older versions), Cased and Case_Ignorable of
# the regex module, decompositions of Python's unicodedata, names of html.entities, widths of ftfy.
# Where they are of different opinions: newer versions know newer characters, and Hugging Face's normaliser does not compose U+11935
# with U+11930.
# pip install tokenizers==0.23.3 regex ftfy==6.3.1; Python 3.11.
import html.entities
import os
import textwrap
import unicodedata

import ftfy.chardata
import regex
from tokenizers import Regex, normalizers, pre_tokenizers

here = os.path.dirname(os.path.abspath(__file__))
codes = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]


def matching(pattern):
    """The code points that a class of the regular expressions of the tokenizers library holds."""
    split, found = pre_tokenizers.Split(Regex(pattern + '+'), 'removed', invert=True), set()
    for i in range(0, len(codes), 4096):
        part = codes[i : i + 4096]
        for _, (begin, end) in split.pre_tokenize_str(''.join(map(chr, part))):
            found.update(part[begin:end])
    return found


def rows(values, form):
    return textwrap.fill(' '.join(form(v) + ',' for v in values), 132, initial_indent='    ', subsequent_indent='    ') + '\n'


letters, numbers, spaces = matching(r'\p{L}'), matching(r'\p{N}'), matching(r'\s')
bert = normalizers.BertNormalizer(clean_text=True, handle_chinese_chars=False, strip_accents=False, lowercase=False)
controls = {c for c in codes if bert.normalize_str(f'a{chr(c)}b') == 'ab'} - spaces - {0xFFFD}
words = pre_tokenizers.BertPreTokenizer()
punctuation = {c for c in codes if len(words.pre_tokenize_str(f'a{chr(c)}b')) == 3}
classes = [letters, numbers, spaces, punctuation, controls]
assert sum(map(len, classes)) == len(set().union(*classes))
cased = {c for c in codes if regex.match(r'\p{Cased}', chr(c))}
ignorable = {c for c in codes if regex.match(r'\p{Case_Ignorable}', chr(c))}


def properties(c):
    return next((i + 1 for i, s in enumerate(classes) if c in s), 0) | (c in cased) << 3 | (c in ignorable) << 4


runs, last = [], None
for c in range(0x110000):
    if properties(c) != last:
        last = properties(c)
        runs.append(c << 5 | last)

# Lower case: runs of the same distance, every code point or every second one.
lowercase = normalizers.Lowercase()
lower = {c: ord(t) for c in codes for t in [lowercase.normalize_str(chr(c))] if t != chr(c) and len(t) == 1}
longer = {c: lowercase.normalize_str(chr(c)) for c in codes if len(lowercase.normalize_str(chr(c))) > 1}
assert longer == {0x130: 'i\u0307'}
lower_runs = []
for c in sorted(lower):
    delta = lower[c] - c
    if lower_runs:
        first, end, step, d = lower_runs[-1]
        if d == delta and (c - end == step or (first == end and c - end <= 2)):
            lower_runs[-1] = (first, c, c - end, d)
            continue
    lower_runs.append((c, c, 1, delta))

# Canonical decompositions, Hangul excepted, and which of them compose again.
pairs = []
for c in codes:
    d = unicodedata.decomposition(chr(c))
    if d and not d.startswith('<'):
        parts = [int(x, 16) for x in d.split()] + [0]
        pairs.append((c, parts[0], parts[1]))
composes = [i for i, (c, a, b) in enumerate(pairs) if b and unicodedata.normalize('NFC', chr(a) + chr(b)) == chr(c)]
composes.sort(key=lambda i: pairs[i][1:])
combining, last = [], 0
for c in range(0x110000):
    ccc = unicodedata.combining(chr(c))
    if ccc != last:
        combining.append(c << 8 | ccc)
        last = ccc
nfc = normalizers.NFC()
assert all(nfc.normalize_str(chr(c)) == unicodedata.normalize('NFC', chr(c)) for c in codes)

width = [0] * 0xF0
for c, to in ftfy.chardata.WIDTH_MAP.items():
    if len(to) == 1 and c != 0x3000:
        width[c - 0xFF00] = ord(to)

with open(os.path.join(here, 'unicode_tables.h'), 'w') as f:
    hex32, dec = '0x{:x}'.format, str
    f.write(f"""// Made by make_tables.py: see there for the versions. Included by unicode.c only.
#ifndef TEXT_UNICODE_TABLES_H
#define TEXT_UNICODE_TABLES_H

#include <stdint.h>

// Where the properties change: code point << 5 | Case_Ignorable << 4 | Cased << 3 | class
static const uint32_t property_runs[] = {{
{rows(runs, hex32)}}};

// Code points whose lower case lies `distance` further on: every `step`th from `first` to `last`
static const struct {{
    uint32_t first, last;
    int32_t step, distance;
}} lower_runs[] = {{
{rows(lower_runs, lambda r: '{{0x{:x},0x{:x},{},{}}}'.format(*r))}}};

// Canonical decompositions: the code point, and the one or two (0: none) that it is made of
static const uint32_t decompositions[][3] = {{
{rows(pairs, lambda r: '{{0x{:x},0x{:x},0x{:x}}}'.format(*r))}}};

// Those that compose again, sorted by what they are made of: indices into `decompositions`
static const uint16_t compositions[] = {{
{rows(composes, dec)}}};

// Where the canonical combining class changes: code point << 8 | class
static const uint32_t combining_runs[] = {{
{rows(combining, hex32)}}};

// What full and half wide characters from U+FF00 on become, where it is one character; 0: nothing
static const uint16_t widths[] = {{
{rows(width, hex32)}}};

#endif
""")


def octal(text):
    return ''.join(chr(b) if 32 < b < 127 and b not in (34, 63, 92) else '\\{:03o}'.format(b) for b in text.encode())


names = sorted(html.entities.html5.items())
# Names in capitals that only ftfy knows stand for the capital; since the text is made lower case, the small one does as well.
# Here, marked with a space before them, are those for which it does not.
for name, value in sorted(html.entities.html5.items()):
    upper = name.upper()
    if name == name.lower() and name.endswith(';') and html.unescape('&' + upper) == '&' + upper:
        if value.upper().lower() != value.lower():
            names.append((' ' + upper, value.upper()))
# Where the names of each first letter begin, in bytes.
places = [0]
for name, value in names:
    places.append(places[-1] + len(name) + 1 + len(value.encode()) + 1)
starts = [
    next(place for place, (name, _) in zip(places, names) if name[0] >= chr(c) or name[0] == ' ') for c in range(ord('A'), ord('z') + 2)
]

with open(os.path.join(here, 'html_names.h'), 'w') as f:
    body = [f'    "{name}\\0{octal(value)}\\0"' for name, value in names]
    lines, line = [], ''
    for part in (b.strip() for b in body):
        if len(line) + len(part) > 124:
            lines.append(line)
            line = ''
        line += part if not line else ' ' + part
    lines.append(line)
    f.write(
        """// Made by make_tables.py: HTML 5's character references. Included by html.c only.
#ifndef TEXT_HTML_NAMES_H
#define TEXT_HTML_NAMES_H

#include <stdint.h>

// Name and value, each terminated, sorted by name. Behind them, with a space in front, those that only ftfy knows.
static const char html_names[] =
"""
        + ''.join(f'    {line}\n' for line in lines).rstrip()
        + f""";

// Where the names begin whose first character is 'A' or behind it, and so on to 'z'; then those that only ftfy knows.
static const uint16_t html_name_starts[] = {{
{rows(starts, str)}}};

#endif
"""
    )
print(len(runs), len(lower_runs), len(pairs), len(composes), len(combining), [n for n, _ in names if n[0] == ' '])
