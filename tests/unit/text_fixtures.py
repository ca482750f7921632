#!/usr/bin/env python3
# Writes fixtures/text.*: 500 texts, the ids that the original tokenizers give them (as a count and a hash), and of the vocabularies
# what those texts need. The originals: tokenizers (Hugging Face) with CLIP's and distiluse-base-multilingual-cased-v2's
# tokenizer.json, and OpenAI's SimpleTokenizer with ftfy's fix_encoding off, since that is what the engine leaves out.
# pip install transformers==5.23.0 tokenizers==0.23.3 ftfy==6.3.1 regex clip-anytorch==2.6.0
# text_fixtures.py CLIP_TOKENIZER_JSON DISTILUSE_TOKENIZER_JSON [NUMBER: shows that text's ids instead]
import importlib.util
import os
import random
import sys

import ftfy
from tokenizers import Tokenizer

from fixture_writer import FixtureSet

N, CLIP_MAX, BERT_MAX = 500, 77, 128
clip_file, bert_file = sys.argv[1:3]

# simple_tokenizer.py alone: its package wants torch
folder = importlib.util.find_spec('clip').submodule_search_locations[0]
spec = importlib.util.spec_from_file_location('simple_tokenizer', os.path.join(folder, 'simple_tokenizer.py'))
simple_tokenizer = importlib.util.module_from_spec(spec)
spec.loader.exec_module(simple_tokenizer)
simple = simple_tokenizer.SimpleTokenizer()

hand = [
    '',
    ' ',
    '\n',
    '\t \r\n',
    '1girl, silver hair',
    'a photo of a cat',
    "it's, don't, we're, I've, I'm, she'll, he'd",
    "IT'S DON'T WE'RE",
    "'s't're",
    "'''s",
    "rock'n'roll",
    '’s curly ‘quotes’ “here” ‛x‟',
    'hatsune miku from vocaloid with twintails,blue eyes,long hair',
    '初音ミク',
    '白髪の女の子が笑っている',
    '一个穿着水手服的女孩',
    '春はあけぼの。やうやう白くなりゆく山ぎは',
    '東方Project 博麗霊夢',
    '한국어 텍스트 입니다',
    'ﾊﾝｶｸ ｶﾅ ﾊﾟﾋﾟ ﾞ',
    'ＦＵＬＬ　ＷＩＤＴＨ！？１２３',
    '😀',
    '😀😃😄 👩‍👩‍👧‍👦 🏳️‍🌈 🇯🇵 👍🏽',
    '(＾▽＾) ¯\\_(ツ)_/¯ ٩(◕‿◕)۶',
    '★☆♥♡♪♫→←↑↓',
    '1234567890 3.14159 1,000,000 ½ ² Ⅷ ⅷ ① ٣ ๓',
    'ÀÉÎÕÜ àéîõü ñ ç ø æ œ ß ẞ',
    'Ａ́ e\u0301 a\u0308\u0323 a\u0323\u0308 q\u0307\u0323',
    'n\u0303o\u0302 A\u030a \u212b \u2126 K',
    '가 \u1100\u1161\u11a8 \u1112\u1161\u11ab',
    'İstanbul IĞDIR ı',
    'ΣΊΣΥΦΟΣ ΑΣ Σ ΑΣ. ΑΣΑ Σ\u0301 Α\u0301Σ',
    'ОДЕССА Ёлка Привет мир',
    'שלום עולם',
    'مرحبا بالعالم',
    'สวัสดีชาวโลก',
    'नमस्ते दुनिया',
    'ქართული ᲥᲐᲠᲗᲣᲚᲘ',
    'Ꭰꭰ Ꮳ',
    'ǅ ǆ Ǆ ĳ Ĳ ŉ ﬁ ﬂ ﬀ ﬃ ﬄ ﬅ ﬆ',
    "ſ long ſ 'ſ x",
    'K kelvin Å angstrom',
    '\u0345 ᾳ ᾼ \u0399\u0345 x\u0345y',
    '&amp; &lt;b&gt; &quot;x&quot; &#39; &#x27; &nbsp;.',
    '&amp;amp;lt; &amp;amp;amp;amp; &notit; &notin; &not',
    'x < y &amp; z',
    'a<b\n&eacute;',
    'a\n<b\n&eacute;&AMP;',
    '&eacute;&EACUTE;&Eacute;&NTILDE;&nTILDE;&SZLIG;&LTIMES;&SIGMAF;',
    '&#0; &#128; &#x80; &#x9f; &#xd800; &#x110000; &#99999999999; &#1; &#xfffe; &#65; &#65 &#x41 &#x41g; &#; &#x; &',
    '&#59; &#12ab; &amp &ampx &AMP;&copy&reg;&hellip;',
    '&CounterClockwiseContourIntegral; &NotEqualTilde; &fjlig; &ThickSpace;',
    '\x00a\x01b\x1fc\x7fd',
    'a\x80b\x85c\x93d\x94e\x9f',
    'tab\ttab\x0bvt\x0cff\x1cfs\x1dgs\x1ers\x1fus',
    'zero\u200bwidth\u200cnon\u200djoin\ufeffbom\u2060',
    '\ufeffbom first',
    '\u200e\u200f\u202aembed\u202c\u206a\u206f',
    '\ufff9\ufffa\ufffb\ufffc\ufffd',
    'line\u2028sep\u2029par\r\ncrlf\rcr',
    '\x1b[36;44mblue\x1b[0m \x1b[m \x1b[1',
    '\u3000ideographic\u3000space\u00a0nbsp\u1680ogham\u2003em\u202fnn\u205fmm',
    '\u180emvs \u00adshy',
    '\ue000private \U000f0000 \U0010ffff',
    '𝓯𝓪𝓷𝓬𝔂 𝕋𝕖𝕩𝕥 𠮷野家 𠀀 𪜀 𫝀 𫠠 丽',
    '豈更 﨎 神 祥 侮',
    '<|startoftext|>',
    '<|endoftext|>',
    'a <|startoftext|> b <|endoftext|> c',
    '!!<|startoftext|>!!<|endoftext|>!!',
    '<|STARTOFTEXT|> <|EndOfText|> <|ſtartoftext|>',
    '<|startoftext <|endoftext|',
    '[CLS] [SEP] [PAD] [UNK] [MASK] [cls] a[SEP]b [[CLS]]',
    'a' * 99,
    'a' * 100,
    'a' * 101,
    'あ' * 130,
    '漢' * 130,
    'word ' * 200,
    '!' * 300,
    '1' * 200,
    'x' * 3000,
    'aあ1!' * 60,
    'pneumonoultramicroscopicsilicovolcanoconiosis',
    'https://www.pixiv.net/artworks/12345678?x=1&y=2#z',
    'user@example.com',
    'C:\\path\\to\\file.png',
    '{"json": [1, 2.5, null]}',
    '#hashtag @mention $100 50% ^_^ ~tilde~ `code` a_b-c+d=e|f',
    ':) :( ;-) XD orz www 草',
    '...!!!???',
    '----====____',
    'a.b.c.d',
    "''''",
    '""""',
    'e\u0301\u0301\u0301\u0327\u0323x',
    '\u0301',
    '\u0301\u0327a',
    '\u200d',
    '\ufe0f',
    'ก็ํ้',
    'cafÃ© â€œquotesâ€\x9d',
    'schÃ¶n',
    'ï»¿bom',
    'Ð¿Ñ€Ð¸Ð²ÐµÑ‚',
    '１２３ ａｂｃ',
    '～〜－ー―‐‑‒–—',
    '・･。｡「｣',
    '￣￤￥￦ ￨￩ ￭',
    'ﾡﾢﾾￇￊￗￚￜ',
    'コ゛ガ゙か゚',
    '〆ヶ々ゝヾ',
    '㍿㌔㈱',
    '﷽',
    'ﷺ',
    '꧁꧂',
    '𒀀𒐫',
    '𐐀𐐨',
    '𞤀𞤢',
    'ⰀⰰⲀⲁ',
    'Ⓐⓐ Ⅰⅰ',
    'ⴀႠ',
    'Ꙁꙁ',
    '৽ ੶ ⹃ ᙭ 𑇉 ፡ ៖ ၊ ؟ ؝',
    '\u0890x \u08e2y \U000110cdz \U00013430w',
    '\u061c \u06dd \u070f',
    'Q\u0331 ꞏ Ჾ Ა',
    '\u1e9b\u0323 \u0958 \u2adc \ufb1d \U0001d15e',
    '𑄮 𑒻 𑖺 𑄮',
    'x' + '\u0301\u0323' * 20,
    'ᾼ ᾳ ῼ Ῥ',
    'ÅÅÅ',
]
broken = [
    b'\xff',
    b'abc\x80def',
    b'\xe3\x81',
    b'\xe3\x81\x82\xe3',
    b'\xf0\x9f\x98',
    b'\xc0\xafx',
    b'\xed\xa0\x80\xed\xb0\x80',
    b'\xf4\x90\x80\x80',
    b'\xe2\x28\xa1',
    b'\xfe\xfe\xff\xff',
    b'caf\xe9',
    b'\x93\xfa\x96{\x8c\xea',
    b'\xc8\xd5\xb1\xbe',
    b'\xf0\x80\x80\xafa',
    b'\xe0\x80\x80',
    b'a\xc3',
    b'\xc3\xc3\xa9',
    b'\xf1\xbf\xbf\xbfz\xf1\xbf',
    b'\xbf\xef',
    b'\xfftext\xfe \xe3\x81\x82\xff',
]
tags = """1girl solo long_hair looking_at_viewer blue_eyes school_uniform twintails hatsune_miku vocaloid touhou hakurei_reimu smile blush open_mouth skirt
animal_ears cat_girl sword armor wings night sky cherry_blossoms swimsuit kimono maid headdress gloves ribbon weapon from_behind 2girls yuri chibi
monochrome greyscale absurdres highres commentary_request original fate/grand_order saber_(fate) re:zero rem_(re:zero) k-on! steins;gate .hack//""".split()
japanese = '女の子 少女 笑顔 青い 赤い 長い髪 猫耳 制服 夜空 桜 夏 海 ミニスカート ツインテール メイド服 オリジナル 東方 初音ミク 刀 剣 魔法使い かわいい 可愛い 美しい です ます の に は を が と で も から まで 。 、 ！ ー 「 」 アイドル ドラゴン ロボット'.split()
chinese = '女孩 长发 蓝色 眼睛 微笑 校服 猫耳 天空 夜晚 樱花 和服 武器 翅膀 原创 角色 图片 一个 两个 穿着 站在 看着 的 在 和 ， 。 ！ 繁體 簡體 國家 龍 龙'.split()
signs = list('!?.,;:()[]{}<>/\\|@#$%^&*-_=+~`"\'') + [
    '...',
    '!!',
    '♥',
    '☆',
    '→',
    '😀',
    '✨',
    '🌸',
    '👩‍🎤',
    '&amp;',
    '&lt;',
    '&#9829;',
    "'s",
    "'re",
    '\u200b',
    '\u3000',
    '\u0301',
    '\u3099',
    '\t',
    '\x07',
    '\ufe0f',
]
words = 'a an the of in with by photo drawing anime picture girl boy holding standing under beautiful detailed masterpiece best quality Sunset CITY Café naïve Über straße привет Ελλάδα'.split()
chars = [
    (0x20, 0x7F, 8),
    (0xA0, 0x17F, 3),
    (0x300, 0x345, 1),
    (0x370, 0x3FF, 1),
    (0x400, 0x45F, 1),
    (0x1E00, 0x1EFF, 1),
    (0x2000, 0x206F, 1),
    (0x2190, 0x2200, 1),
    (0x3040, 0x30FF, 4),
    (0x4E00, 0x4F00, 3),
    (0xAC00, 0xAC80, 1),
    (0xFF01, 0xFFEE, 3),
    (0x1F600, 0x1F640, 2),
    (0, 0x20, 1),
    (0x80, 0xA0, 1),
]


def texts():
    random.seed(20260101)
    made = [t.encode('utf-8') for t in hand] + broken
    while len(made) < N:
        kind = random.randrange(5)
        if kind == 0:
            text = ', '.join(random.choice(tags).replace('_', random.choice('_ ')) for _ in range(random.randint(1, 14)))
        elif kind == 1:
            text = ''.join(random.choice(japanese + signs[:2]) for _ in range(random.randint(1, 16)))
        elif kind == 2:
            text = ''.join(random.choice(chinese + signs[:2]) for _ in range(random.randint(1, 16)))
        elif kind == 3:
            text = ''.join(
                random.choice([' ', '', ' '] + signs) + random.choice(words + tags + japanese + chinese + signs)
                for _ in range(random.randint(1, 14))
            )
        else:
            low_high = random.choices(chars, [c[2] for c in chars], k=random.randint(1, 18))
            text = ''.join(chr(random.randrange(a, b)) for a, b, _ in low_high)
        made.append(text.encode('utf-8'))
        if random.random() < 0.06 and made[-1]:  # break it
            data = bytearray(made[-1])
            data[random.randrange(len(data))] = random.choice((0x80, 0xC3, 0xE3, 0xF0, 0xFF))
            made[-1] = bytes(data)
    return made


clip = Tokenizer.from_file(clip_file)
clip.enable_truncation(CLIP_MAX)
bert = Tokenizer.from_file(bert_file)
bert.enable_truncation(BERT_MAX)
bert.no_padding()
fix_text = ftfy.fix_text


def openai(text, **config):
    simple_tokenizer.ftfy.fix_text = lambda t: fix_text(t, **config)
    ids = [49406] + simple.encode(text) + [49407]
    return ids if len(ids) <= CLIP_MAX else ids[: CLIP_MAX - 1] + [49407]


def fnv(ids):
    value = 2166136261
    for i in ids:
        value = ((value ^ i) * 16777619) & 0xFFFFFFFF
    return value


class Ranks(dict):
    """OpenAI's table of merges, which notes what is asked of it."""

    used = set()

    def get(self, pair, otherwise=None):
        if pair in self:
            self.used.add(pair)
        return dict.get(self, pair, otherwise)


def main():
    data = texts()
    if len(sys.argv) > 3:
        text = data[int(sys.argv[3])].decode('utf-8', 'replace')
        print(repr(text), clip.encode(text).ids, openai(text, fix_encoding=False), bert.encode(text).ids, sep='\n')
        return
    simple.bpe_ranks = Ranks(simple.bpe_ranks)
    vocabulary = bert.get_vocab()
    pieces, rows, n_encoding = {}, [], 0
    for raw in data:
        text = raw.decode('utf-8', 'replace')
        ids = [clip.encode(text).ids, openai(text, fix_encoding=False), bert.encode(text).ids]
        if openai(text) != ids[1]:
            n_encoding += 1
        # the words of Hugging Face's way, for the merges that they need
        normal = clip.normalizer.normalize_str(text)
        for word, _ in clip.pre_tokenizer.pre_tokenize_str(normal):
            simple.bpe(word)
        for word, _ in bert.pre_tokenizer.pre_tokenize_str(bert.normalizer.normalize_str(text)):
            for a in range(len(word) if len(word) <= 100 else 0):
                for b in range(a + 1, len(word) + 1):
                    piece = ('##' if a else '') + word[a:b]
                    if piece in vocabulary:
                        pieces[piece] = vocabulary[piece]
        rows.append((raw, [(len(i), fnv(i)) for i in ids]))
    for token in ('[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'):
        pieces[token] = vocabulary[token]
    # what the merges are made of
    made_of = {''.join(pair): pair for pair in simple.bpe_ranks}
    wanted, ready = list(Ranks.used), set()
    while wanted:
        pair = wanted.pop()
        if pair in ready:
            continue
        ready.add(pair)
        wanted += [made_of[part] for part in pair if part in made_of]
    merges = sorted((simple.bpe_ranks[pair], ' '.join(pair)) for pair in ready)
    made = FixtureSet()
    made.table('texts', [(raw, *(f'{value:#x}' for result in results for value in result)) for raw, results in rows])
    made.table('merges', merges)
    made.table('pieces', sorted(((i, piece) for piece, i in pieces.items()), key=lambda row: row[0]))
    made.write(__file__)
    print(f'{len(rows)} texts, {len(merges)} merges, {len(pieces)} pieces; ftfy repairs the encoding of {n_encoding}')


main()
