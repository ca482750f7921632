// Makes tokenizer.json from the vocab.txt of a cased BERT: the text that BertWordPieceTokenizer of the tokenizers library writes.
import { AcgError } from '../../errors.js';

const SPECIAL = ['[UNK]', '[SEP]', '[CLS]', '[PAD]', '[MASK]'];

const WHITE = /\p{White_Space}/u;

/**
 * @param {string} vocabulary a word on each line; if a word occurs twice, the last line counts
 * @returns {string} JSON
 * @throws {AcgError} BAD_FORMAT
 */
export function tokenizerOf(vocabulary) {
    const lines = vocabulary.split('\n');
    if (lines.at(-1) === '') lines.pop();
    const ids = new Map(lines.map((line, id) => [trimEnd(line), id]));
    const [sep, cls] = ['[SEP]', '[CLS]'].map((word) => {
        if (!ids.has(word)) throw new AcgError('BAD_FORMAT', `Expected the word ${word} in vocab.txt but there is none`);
        return JSON.stringify([word, ids.get(word)]);
    });
    const words = [...ids].sort((a, b) => a[1] - b[1]).map(([word, id]) => `${JSON.stringify(word)}:${id}`);
    const added = SPECIAL.filter((word) => ids.has(word)).sort((a, b) => Number(ids.get(a)) - Number(ids.get(b)));
    const flags = '"single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true';
    return (
        `{"version":"1.0","truncation":null,"padding":null,` +
        `"added_tokens":[${added.map((word) => `{"id":${ids.get(word)},"content":"${word}",${flags}}`).join()}],` +
        `"normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":false},` +
        `"pre_tokenizer":{"type":"BertPreTokenizer"},"post_processor":{"type":"BertProcessing","sep":${sep},"cls":${cls}},` +
        `"decoder":{"type":"WordPiece","prefix":"##","cleanup":true},` +
        `"model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,` +
        `"vocab":{${words.join()}}}}`
    );
}

/** @param {string} line */
function trimEnd(line) {
    let end = line.length;
    while (end > 0 && WHITE.test(line[end - 1])) end--;
    return line.slice(0, end);
}
