#!/usr/bin/env python3
# Writes fixtures/ftfy.*: lines with character references within references, and what ftfy makes of them (with its fix_encoding off,
# which the engine leaves out). ftfy resolves one layer of them in each pass over the line, so that it matters which come
# in the same pass: a carriage return and a line feed are one line break only then.
# pip install ftfy==6.3.1
import random

import ftfy

from fixture_writer import FixtureSet

hand = [
    '&amp;',
    '&amp;amp;',
    '&amp;amp;amp;lt;',
    '&#38;#38;#38;gt;',
    '&#x26;AMP;#38;amp;copy;',
    '&AMP;AMP;AMP;AMP;eacute;',
    '&&amp;&amp;amp;',
    '&amp;amp;zzz;',
    '&amp;amp;amp',
    '&am&#112;;lt;',
    '&#&#51;8;lt;',
    '&#3&#5&#54;;;lt;',
    '&#3&#5&#5&#52;;;;;',
    '&amp;#&#51;&#56;;amp;lt;',
    'x&amp;amp;y&amp;z&amp;amp;amp;lt;w',
    'a&amp;amp;#769;',
    'a&#769;&amp;#790;',
    'e&amp;#790;&#769;&amp;amp;#807;',
    '\u304b&amp;amp;#12441;',
    '\u304b&#12441;&amp;#12441;x',
    '&amp;lt;\u0338',
    '&amp;amp;lt;&#824;',
    '&#4352;&amp;#4449;&amp;amp;#4520;',
    '\u1100&amp;#4449;\u11a8',
    '&#13;&#10;',
    '&#13;&amp;#10;',
    '&amp;#13;&#10;',
    '&amp;#13;&amp;#10;',
    '&amp;amp;#13;&amp;#10;',
    '&amp;#13;&amp;amp;#10;',
    '&amp;amp;#13;&amp;amp;#10;x',
    '&amp;amp;#13;\nb',
    '&amp;#13;&#1;&#10;',
    '&amp;#13;&#65279;&amp;#10;',
    '&amp;amp;#13;&amp;#1;&amp;amp;#10;',
    '&amp;#13;&amp;#13;&amp;#10;',
    '&amp\uff1blt;',
    '\uff06amp;amp;lt;',
    '&amp;lt\u037e',
    '&amp;amp&amp;#894;',
    '&amp;amp;#x212a;',
    '&amp;amp;#329;&amp;#x1c4;',
    '&amp;amp;#8217;&amp;#8220;',
    '&amp;amp;#133;&amp;#146;',
    '&amp;amp;#55296;',
    '&amp;#0;&amp;amp;#65534;',
    '\x1b[3&#49;m&amp;amp;lt;',
    '&amp;amp;#27;[31m',
    'a < b &amp;amp;lt;',
    '&amp;amp;lt;\na<b\n&amp;amp;lt;',
    '&amp;amp;NotEqualTilde;&amp;amp;nbsp;|',
    '&amp;amp;ThickSpace;',
    '&amp;amp;fjlig;',
]
parts = [
    '&',
    '&',
    '&amp;',
    '&amp;',
    '&amp;amp;',
    'amp;',
    'amp;',
    '#38;',
    '#x26;',
    'lt;',
    '#13;',
    '#10;',
    '&#13;',
    '&#10;',
    '#769;',
    '&#790;',
    '\u0301',
    '\u0316',
    'e',
    'a',
    'eacute;',
    ';',
    '\uff1b',
    '#894;',
    '\u304b',
    '#12441;',
    '#65279;',
    '#1;',
    '&#5',
    '#5',
    '3',
    '8',
    '#8217;',
    '#x2028;',
    ' ',
    'x',
    '#xFB03;',
    '&am',
    'p;',
    '\u4e2d',
    '#20013;',
    'NewLine;',
]


def fixed(text):
    return ftfy.fix_text(text, fix_encoding=False)


random.seed(11)
texts = hand + [''.join(random.choice(parts) for _ in range(random.randint(3, 24))) for _ in range(200)]
made = FixtureSet()
made.table('lines', [(text.encode(), fixed(text).encode()) for text in texts])
made.write(__file__)
