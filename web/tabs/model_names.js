// The names of models in the page. All else that the page knows of models comes from the package's list of them (engine.models.list).

/** Compares pictures with sentences in the tab of labels. */
export const LABEL_MODEL = 'dclip';
/** Compares words in the tab of words. */
export const WORD_MODEL = 'acgvoc2vec';
/** Enlarges, and takes many times as long as all others: it is compared with them only on demand. */
export const SLOW_MODEL = 'x4plus-anime';

/** The names for users; a model without one has its name in the package. @type {Record<string, string>} */
const NAMES = {
    dclip: 'DanbooruCLIP',
    'clip-l14-336': 'CLIP ViT-L/14@336px',
    'clip-l14': 'CLIP ViT-L/14',
    'clip-b16': 'CLIP ViT-B/16',
    'clip-b32': 'CLIP ViT-B/32',
    acgvoc2vec: 'ACGVoc2vec',
    deepdanbooru: 'DeepDanbooru',
    'wd-vit': 'WD ViT v3',
};

/** The publications of models whose page the package does not know. @type {Record<string, string>} */
const PAGES = { 'wd-vit': 'https://huggingface.co/SmilingWolf/wd-vit-tagger-v3' };

/** @param {string} model */
export const nameOf = (model) => NAMES[model] ?? model;

/** @param {string} model */
export const pageOf = (model) => PAGES[model] ?? '';
