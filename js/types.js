// The types of the package's public interface. No code. Sizes are in pixels, memory in bytes and times in milliseconds, unless stated otherwise.

/**
 * @typedef {import('./client/engine.js').Engine} Engine
 * @typedef {import('./index/picture_index.js').PictureIndex} PictureIndex
 */

/**
 * Types of browsers. They are `never` in a program that is compiled without the types of browsers.
 * @typedef {typeof globalThis extends { ImageData: { prototype: infer T } } ? T : never} BrowserImageData
 * @typedef {typeof globalThis extends { ImageBitmap: { prototype: infer T } } ? T : never} BrowserImageBitmap
 * @typedef {typeof globalThis extends { FileSystemDirectoryHandle: { prototype: infer T } } ? T : never} BrowserFolder
 * @typedef {typeof globalThis extends { WebAssembly: { Module: { prototype: infer T } } } ? T : never} WasmModule a WebAssembly.Module
 */

/**
 * @typedef {'NO_MEMORY' | 'BAD_FORMAT' | 'BAD_ARGUMENT' | 'UNSUPPORTED' | 'CANCELLED' | 'INTERNAL' | 'NOT_FOUND' | 'UNREADABLE' | 'BAD_MODEL'} ErrorCode
 *   The `code` of an AcgError. NO_MEMORY: the work does not fit into memory. BAD_FORMAT: a file is damaged or cut short. BAD_ARGUMENT: an
 *   option does not exist or is out of range. UNSUPPORTED: a file is intact, but its kind or size is not supported. CANCELLED: the
 *   signal stopped the work, or the engine was closed. INTERNAL: a bug in acg2vec. NOT_FOUND: a model's file, or the folder for temporary
 *   files, does not exist. UNREADABLE: the picture itself could not be fetched or read. BAD_MODEL: a model's file is not the one that the
 *   manifest lists.
 */

/**
 * @typedef {keyof typeof import('./worker/native/abi.js').REASON_VALUES} EngineReason about pictures and memory: see
 *   src/core/reason.h
 * @typedef {'NOT_FETCHED' | 'SERVER_REFUSED' | 'FILE_CHANGED' | 'MODEL_MISSING' | 'MODEL_DAMAGED' | 'OTHER_FILE' | 'OTHER_NETWORK' |
 *   'OTHER_VERSION' | 'NO_ROOM' | 'NOT_KEPT' | 'STORAGE_REFUSED' | 'STORAGE_NEEDS_HTTPS' | 'FILE_TAKEN' | 'NO_ROOM_TEMPORARY' |
 *   'PICTURE_UNREADABLE' | 'NO_SIMD' | 'ENGINE_NOT_LOADED' |
 *   'ENGINE_STOPPED' | 'WORKERS_STALLED' | 'ENGINE_FAULT' | 'INDEX_TAKEN' | 'INDEX_DAMAGED' | 'INDEX_NO_ROOM' | 'INDEX_READ_ONLY' |
 *   'INDEX_TAB_CLOSED' | 'INDEX_OTHER_WEIGHTS' | 'INDEX_OF_ANOTHER_PROGRAM' | 'INDEX_NEWER' | 'SEARCH_CANCELS_OUT' | 'IMPORT_OTHER_FILE' |
 *   'IMPORT_DAMAGED' | 'IMPORT_LINE' | 'IMPORT_OLDER' | 'DECODER_NOT_LOADED' | 'HDR_NOT_CONVERTED' | 'PROFILE_NOT_CONVERTED'} PackageReason
 * @typedef {EngineReason | PackageReason} Reason why something failed or is unusual, in more detail than an ErrorCode. With it and the
 *   values that the English sentence contains, a program can show the sentence in another language. Sentences for programmers have no reason
 * @typedef {Record<string, string | number>} Values
 *
 * @typedef {object} Note something unusual about a picture or its result
 * @property {string} sentence the same as in `warnings`
 * @property {Reason} [reason]
 * @property {Values} values
 */

/** @typedef {{ data: ArrayBufferView, width: number, height: number, channels: 3 | 4 }} Pixels
 *   RGB, or RGBA with straight alpha: `height * width * channels` samples of 8 bits, row by row, without gaps */

/**
 * @typedef {Blob | URL | string | ArrayBuffer | ArrayBufferView | BrowserImageData | BrowserImageBitmap | Pixels} Source
 *   A picture: the bytes of a file, the URL of a file (in Node also its path), or pixels.
 */

/**
 * @typedef {object} Progress
 * @property {'models' | 'convert' | 'upscale' | 'embed' | 'describe' | 'index'} stage the work that is reported
 * @property {number} done bytes (stage 'models'; 'convert': of the published files), pictures ('index') or steps (the others)
 * @property {number} total
 * @property {number} [etaMs] the remaining time of this stage; undefined until it can be predicted
 * @property {string} [model] in the stages 'models' and 'convert': the id of the model, or of the publication that several are made of
 * @property {{ pass: number, passes: number, tile: number, columns: number, rows: number, side: number }} [work] in
 *   the stage 'upscale': in pass `pass` (from 0) of `passes`, all tiles before `tile` (from 0, row by row) are done. There are `columns` times
 *   `rows` tiles with sides of `side` input pixels
 */

/**
 * @typedef {object} Tile a finished part of the output picture. With the option `width` or `height`: of the picture before it is resized
 * @property {number} x its left edge in that picture, in pixels
 * @property {number} y its upper edge
 * @property {number} width
 * @property {number} height
 * @property {3 | 4} channels
 * @property {number} frame the frame of an animation, from 0
 * @property {Uint8Array<ArrayBuffer>} data rows without gaps
 */

/**
 * @typedef {string | URL | Record<string, string | URL> | WasmModule} WasmLocation
 *   Where the engine's .wasm files are: a prefix, a map from file name to URL, or the compiled module of the build for this
 *   machine (`engine.info.variant`).
 */

/**
 * @typedef {Response | Blob | ArrayBuffer | Uint8Array<ArrayBuffer> | string | URL} ModelContent a file, or its URL
 * @typedef {(path: string, options: { signal?: AbortSignal }) => ModelContent | undefined | Promise<ModelContent | undefined>} ModelReader
 * @typedef {string | URL | Record<string, string | URL> | ModelReader} ModelLocation
 *   Where the weights are: a prefix (in Node also a folder), a map from a file's path in the manifest to its URL, or a
 *   function that gets such a path and returns a URL, the file itself (such as one that the user chose; it is read in pieces and not stored), or
 *   undefined for the default places. A published SHA-256 is always checked.
 */

/**
 * @typedef {object} EngineOptions
 * @property {number} [threads] the maximal number of threads, 1 to 64; default: the number of cores, at most 8
 * @property {WasmLocation} [wasm]
 * @property {ModelLocation} [models]
 * @property {{ avif?: string | URL, jxl?: string | URL }} [decoders] for a page without a bundler: the URLs of
 *   `codec/dec/avif_dec.js` of the package `@jsquash/avif` and of the module of `jxl-oxide-wasm`
 * @property {AbortSignal} [signal] closes the engine
 * @property {(progress: Progress) => void} [onProgress] for calls that do not have this option themselves
 * @property {(warning: string) => void} [onWarning] receives a sentence when a model's file on this computer is damaged and another copy
 *   is used or fetched
 */

/**
 * @typedef {object} UpscaleOptions
 * @property {1 | 2 | 3 | 4} [scale] default 2, of x4plus-anime 4; not every model has every scale; 1 only removes noise
 * @property {number} [width] of the output, in pixels, 1 to 65535: the network's output is resized with a Lanczos filter in linear light. The
 *   default of `height` keeps the picture's proportions. At most 4 times the network's output; larger than that output gives a warning
 * @property {number} [height] likewise
 * @property {'inside' | 'outside' | 'fill'} [fit] if `width` and `height` are given. 'inside' (default): the largest size with the picture's
 *   proportions inside both; 'outside': the smallest size with these proportions that covers both; 'fill': exactly both
 * @property {'se' | 'pro' | 'nose' | 'cunet' | 'upconv' | 'upconv-photo' | 'animevideo' | 'x4plus-anime'} [model] the first three are of
 *   Real-CUGAN, the next three of waifu2x, the last two of Real-ESRGAN; default 'se'
 * @property {'conservative' | 'none' | '0' | '1' | '2' | '3' | 0 | 1 | 2 | 3} [denoise] not every model has every level; default:
 *   'conservative' for 'se' and 'pro', 'none' for the others; at scale 1 '1'
 * @property {number} [strength] how much the network changes, 0.5 to 1.5; default 1: as published
 * @property {'auto' | number} [tile] side of a tile in pixels of the input, 16 to 4096, default 'auto'
 * @property {'exact' | 'fast' | 'off'} [sync] default 'exact': the result equals that of the picture as one tile;
 *   'fast': the picture's means are estimated from patches spread over it; 'off': each tile uses its own means, so neighbouring
 *   tiles may differ in colour
 * @property {boolean} [tta] true: the average of the results for the eight mirrored and rotated pictures; takes 8 times as long, with
 *   sync 'exact' 15 times; default false
 * @property {number} [memory] bytes of the engine's memory for the picture and the work on it, default 640 MiB
 * @property {boolean | string} [temp] whether tiles with sync 'exact' may use a temporary file for data that do not fit into `memory`,
 *   default true; in Node also the folder for the file. Without the file, or space for it, they take up to three times as long
 * @property {'png' | 'webp' | 'jpg' | 'pixels'} [format] default 'png', which keeps 16 bits a sample; files get the
 *   picture's colour profile; jpg has no transparency: the background becomes white; an animation (GIF, PNG, WebP) becomes an animated
 *   png or webp and is refused for the other formats
 * @property {number} [quality] of webp and jpg, 1 to 100, default 90; webp of quality 100 is lossless
 * @property {'none' | 'keep'} [metadata] 'keep': the file gets EXIF (orientation applied, size corrected), XMP and the text of a PNG, if
 *   its format has these; default 'none', because they may say where and by whom a picture was made. The colour profile stays unless `colour` is 'srgb'
 * @property {'exact' | 'near' | 'off'} [grey] which pictures are treated as grey and stay grey: default 'exact', those whose three
 *   channels are equal everywhere; 'near': also those that are nearly grey, such as grey JPEGs with noise; 'off': none. A grey picture
 *   becomes a png or jpg of one channel, unless it has a colour profile of RGB
 * @property {'keep' | 'srgb'} [colour] default 'keep': the network gets the numbers of the file, and the output has the colour profile
 *   of the file. 'srgb': colours are converted to sRGB first, for programs that ignore profiles. HDR stays as it is
 * @property {'refuse' | 'keep'} [damaged] what to do with a file that is cut short or damaged: default 'refuse'; 'keep': use the part that
 *   can be read, with a warning
 * @property {boolean} [guard] true: areas that the network draws in a wrong colour (some networks do so with large areas of pure colour)
 *   are enlarged with bicubic interpolation instead, with a warning. Default false: only the warning
 * @property {number} [maxPixels] the maximal number of pixels of a picture, 1 to 2^32 - 1, default 2^28 (268 megapixels)
 * @property {AbortSignal} [signal] stops the work within one step; the engine stays usable
 * @property {(progress: Progress) => void} [onProgress]
 * @property {(tile: Tile) => void} [onTile] receives each finished part of the output
 * @property {(chunk: Uint8Array<ArrayBuffer>) => void} [onChunk] receives the bytes of the output as soon as they are
 *   ready; the result then has neither blob nor pixels
 */

/**
 * @typedef {'whole' | 'off' | 'fast' | 'exact' | 'exact16' | 'exact-file' | 'twice' | 'twice16' | 'twice-file' | 'again'} TilePlan
 *   How tiles get the means of the whole picture. whole: there is only one tile. off: they do not get them. fast: estimated from patches.
 *   exact, exact16, exact-file: in passes, with the maps between passes kept as float32, with 16 bits, or in a temporary file. twice…: the
 *   same, but the last pass computes everything again. again: each pass computes everything again.
 */

/**
 * @typedef {object} UpscaleFacts the properties of all results
 * @property {number} width
 * @property {number} height
 * @property {3 | 4} channels
 * @property {number} frames the number of frames of an animation, counting equal frames in a row as one; 1: a still picture
 * @property {boolean} grey whether the picture was treated as grey
 * @property {string[]} warnings sentences about unusual things in the file or in the result
 * @property {Note[]} notes the same, for programs
 * @property {{ side: number, plan: TilePlan, memory: number }} tiles side: of a tile, in input pixels; plan: how
 *   tiles got the picture's means; memory: the maximal bytes that the work used
 * @property {number} heap all memory of the engine in bytes; it never shrinks
 * @property {{ modelsMs: number, decodeMs: number, upscaleMs: number, totalMs: number }} timings
 *
 * @typedef {UpscaleFacts & { blob: Blob, pixels?: undefined }} UpscaledFile the picture file
 * @typedef {UpscaleFacts & { pixels: Uint8Array<ArrayBuffer>, blob?: undefined }} UpscaledPixels rows without gaps, with format 'pixels'
 * @typedef {UpscaleFacts & { blob?: undefined, pixels?: undefined }} UpscaledChunks with onChunk, which received the bytes
 * @typedef {UpscaleFacts & { blob?: Blob, pixels?: Uint8Array<ArrayBuffer> }} UpscaleResult one of these
 */

/**
 * The result of `upscale` with these options. If the compiler cannot know the format, it is a union of the types.
 * @template O
 * @typedef {O extends { onChunk: Function } ? UpscaledChunks
 *     : 'onChunk' extends keyof O ? UpscaleResult
 *     : O extends { format: infer F } ? ([F] extends ['pixels'] ? UpscaledPixels : [F] extends ['png' | 'webp' | 'jpg'] ? UpscaledFile : UpscaleResult)
 *     : 'format' extends keyof O ? UpscaleResult
 *     : UpscaledFile} UpscaleResultOf
 */

/**
 * @typedef {object} UpscalePlan the prediction of an upscale
 * @property {number} width of the output
 * @property {number} height
 * @property {3 | 4} channels
 * @property {number} frames
 * @property {boolean} grey
 * @property {string[]} warnings
 * @property {Note[]} notes the same, for programs
 * @property {UpscaleFacts['tiles'] & { columns: number, rows: number }} tiles
 * @property {number} memory the maximal bytes that the engine uses, including the picture and the network
 * @property {number} ms the predicted time
 * @property {'work' | 'trial'} msFrom the source of the prediction: the last work of that kind on this machine, or, if there was none,
 *   a trial of a tenth of a second
 */

/**
 * @typedef {object} FetchOptions
 * @property {'int8' | 'f16' | 'bf16' | 'f32'} [dtype] of the weights of a model that is converted, default 'int8': the smallest and fastest
 * @property {string} [folder] in Node: the folder for converted models; default: the user's cache folder
 * @property {AbortSignal} [signal] stops it; the next call resumes the download
 * @property {(progress: Progress) => void} [onProgress]
 *
 * @typedef {Blob | { name: string, blob: Blob } | string} GivenFile a file that the user chose; name: its path in the chosen folder;
 *   in Node also the path of a file or a folder
 *
 * @typedef {object} KeptModel
 * @property {string} id
 * @property {string} model its name in the options of calls; a model for pictures and texts has an entry for each
 * @property {'upscale' | 'embed' | 'score' | 'tag'} task
 * @property {'image' | 'text' | undefined} input undefined: it enlarges pictures
 * @property {TagDefaults | undefined} defaults of a tagger
 * @property {string} licence
 * @property {string} origin its authors, in a sentence
 * @property {number | undefined} bytes of all its files; undefined: not known in advance
 * @property {number} keptBytes how many of these bytes are stored here
 * @property {boolean} isWhole whether all files are stored here
 * @property {{ path: string, bytes: number | undefined }[]} missing the files that are not stored here; bytes undefined: the converter makes the
 *   file
 * @property {Published | undefined} published the source of a model that is converted
 *
 * @typedef {object} Published
 * @property {string} page the web page of the publication
 * @property {boolean} canFetch false: `fetch` may not download it; a person has to
 * @property {number | undefined} bytes of the download
 * @property {number} begunBytes how many of these bytes have been downloaded already
 * @property {Record<string, number>} keptBytes the size of the converted weights, by dtype
 */

/**
 * @typedef {object} CallOptions
 * @property {AbortSignal} [signal] stops the work within one layer; the engine stays usable
 * @property {(progress: Progress) => void} [onProgress]
 *
 * @typedef {Pick<UpscaleOptions, 'damaged' | 'maxPixels'>} PictureOptions
 *
 * @typedef {object} VectorOptions
 * @property {boolean} [normalize] true: vectors are scaled to length 1, so that a dot product is a cosine; default false: as the
 *   network gives them
 *
 * @typedef {'dclip' | 'clip-b32' | 'clip-b16' | 'clip-l14' | 'clip-l14-336'} ClipModel DanbooruCLIP (768 values), or OpenAI's CLIP in one of
 *   its sizes (ViT-B: 512 values, ViT-L: 768)
 * @typedef {ClipModel | 'illust2vec' | 'illust2vec-style'} EmbedImageModel a CLIP, illust2vec (1024 values: the content of a
 *   picture), or illust2vec-style (256 values, from the Gram matrices of illust2vec's first blocks: the style)
 * @typedef {ClipModel | 'acgvoc2vec' | 'distiluse'} EmbedTextModel a CLIP, or acgvoc2vec (512 values: compares sentences and tags
 *   in Chinese, Japanese, English and more), or distiluse, from which acgvoc2vec was trained (512 values: sentences in 50
 *   languages)
 *
 * @typedef {CallOptions & PictureOptions & VectorOptions & { model?: ClipModel }} EmbedOptions default 'dclip'
 * @typedef {CallOptions & PictureOptions & VectorOptions & { model?: EmbedImageModel }} EmbedImageOptions default 'dclip'
 * @typedef {CallOptions & VectorOptions & { model?: EmbedTextModel }} EmbedTextOptions default 'dclip'
 */

/**
 * @typedef {object} TextOptions
 * @property {boolean} [truncate] default true: a text of more than 75 tokens (acgvoc2vec, distiluse: 126) is cut, as in the original;
 *   false: such a text is refused
 * @property {'huggingface' | 'openai'} [clean] only for CLIP, how a text is cleaned before it is split into tokens: as in its tokenizer.json
 *   (default), or as in OpenAI's clip.tokenize
 */

/** @typedef {{ vector: Float32Array }} Embedded a picture's vector, from `embedImage` with the same model */

/** @typedef {{ label: string, probability: number, cosine: number }} Label probability: 0 to 1, those of all labels add up to 1; cosine: -1 to 1 */

/**
 * @typedef {object} Score of one head of pix2score
 * @property {string} label the most probable bin: "100-130", or "2700-inf" for the last
 * @property {number[]} probabilities of all bins; they add up to 1
 * @property {string[]} labels the names of the bins
 * @property {number} expected the mean of the centres of the bins, weighted by their probabilities; the last bin has no upper edge: its
 *   lower edge is taken as its centre
 */

/** @typedef {{ bookmark: Score, view: Score, sanity: Score }} Scores bookmarks and views on Pixiv; sanity, 0 to above 7: how suggestive the picture is */

/** @typedef {{ name: string, score: number, category: string }} Tag score: 0 to 1; category: "general", "character" or "rating" */

/**
 * @typedef {'deepdanbooru' | 'wd-vit'} TagModel DeepDanbooru, or WD tagger v3 (ViT)
 * @typedef {Partial<Record<'general' | 'character' | 'copyright' | 'artist' | 'meta' | 'rating', number>>} Thresholds by category
 *
 * @typedef {object} TagDefaults the defaults of a tagger
 * @property {number} threshold
 * @property {Thresholds} thresholds
 * @property {boolean} [fit] undefined: this tagger ignores the option
 *
 * @typedef {object} TagThresholds
 * @property {TagModel} [model] the tagger, default 'deepdanbooru'
 * @property {number} [threshold] tags with a lower score are left out, 0 to 1; default 0.5, for wd-vit 0.35 for general tags and 0.85 for
 *   characters
 * @property {Thresholds} [thresholds] for single categories, instead of `threshold`. Without a threshold for ratings, the result has only the
 *   rating with the highest score
 * @property {'score' | 'list'} [order] 'score' (default): category by category, the highest score first; 'list': in the
 *   order of the tagger's list
 * @property {boolean} [fit] how DeepDanbooru's input is prepared. false (default): the picture is stretched to a square, as in ACG2vec; true: it
 *   keeps its proportions and its edge pixels are repeated outwards, as in DeepDanbooru's own program. wd-vit always keeps the proportions
 *
 * @typedef {CallOptions & PictureOptions & TagThresholds} TagOptions
 *
 * @typedef {object} Asked
 * @property {boolean} [score] default false
 * @property {boolean} [tag] default false
 * @property {EmbedImageModel[]} [embed] default none
 * @property {boolean} [facts] data of the picture itself, default false
 *
 * @typedef {CallOptions & PictureOptions & TagThresholds & VectorOptions & Asked} DescribeOptions
 *
 * @typedef {object} Description the results that were asked for
 * @property {Scores} [score]
 * @property {Tag[]} [tags]
 * @property {Partial<Record<EmbedImageModel, Float32Array<ArrayBuffer>>>} [vectors]
 * @property {Facts} [facts]
 * @property {string[]} warnings sentences about unusual things in the file
 * @property {Note[]} notes the same, for programs
 */

/**
 * @typedef {object} Facts
 * @property {number} width as the picture is shown
 * @property {number} height
 * @property {Partial<Record<EmbedImageModel, string>>} weights SHA-256 of the weights that each vector was made with; '': unknown
 */

/**
 * @typedef {'kohya' | 'a1111' | 'danbooru' | 'hydrus' | 'hydrus-sidecar'} CaptionFormat
 *   kohya: tags with a separator between them, as the tagging script of kohya's sd-scripts writes them. a1111: the JSON of the tagger of
 *   Stable Diffusion WebUI. danbooru: the JSON of Danbooru's autotagger. hydrus: the JSON of a request that adds tags in Hydrus.
 *   hydrus-sidecar: a tag a line, with namespaces, as Hydrus imports them
 *
 * @typedef {object} CaptionOptions
 * @property {CaptionFormat} [format] default 'kohya'
 * @property {boolean} [removeUnderscore] true: spaces instead of underscores, except in kaomoji (`>_<`) and in tags of up to three characters;
 *   default false; true for the formats of Hydrus
 * @property {string[]} [undesiredTags] tags to leave out
 * @property {Record<string, string>} [tagReplacement] texts to write instead of tags
 * @property {string} [separator] of kohya: the text between tags, default ', '
 * @property {string[]} [alwaysFirstTags] of kohya: if the picture has these tags, they come first, in this order
 * @property {boolean} [characterTagsFirst] of kohya: characters before general tags, default false
 * @property {boolean} [characterTagExpand] of kohya: `name_(series)` becomes two tags, `name` and `series`, default false
 * @property {boolean} [escapeTags] of kohya: a backslash before parentheses and backslashes, as prompts need it, default false
 * @property {'first' | 'last' | 'none'} [rating] of kohya and Hydrus: the position of the rating with the highest score; default 'none',
 *   of Hydrus 'last'
 * @property {string} [existing] of kohya and hydrus-sidecar: the text of an existing caption: its tags stay, and missing ones are
 *   appended
 * @property {string} [filename] the picture's name; required by danbooru
 * @property {string} [sha256] of the picture, as 64 hexadecimal digits; required by hydrus
 * @property {string} [serviceKey] of hydrus: the tag service, default that of "my tags"
 */

/**
 * @typedef {object} IndexOptions
 * @property {Engine} engine
 * @property {string} [location] in Node the path of the file, default `acg2vec.db` in the user's data folder; in a browser a name in the
 *   origin private file system, default `acg2vec.db`
 * @property {boolean} [create] default true: the file is created if it does not exist
 * @property {string | URL} [sqlite] for a page without a bundler: the URL of the module of @sqlite.org/sqlite-wasm
 *
 * @typedef {string | URL | File | { path: string, blob: Blob, modified?: number }} IndexSource in Node a path or a file: URL; a File's path
 *   is its webkitRelativePath or its name; modified: milliseconds since 1970
 *
 * @typedef {{ path: string, outcome: 'added' | 'updated' | 'unchanged' | 'moved' | 'copied' | 'removed' | 'failed', error?: Error }} Outcome
 *   updated: the content is new, or more models have run on it. copied: the index has the same bytes under another path too
 *
 * @typedef {{ added: number, updated: number, unchanged: number, moved: number, copied: number, removed: number,
 *   failed: { path: string, error: Error }[] }} AddResult how many pictures had which outcome
 *
 * @typedef {object} Adds
 * @property {EmbedImageModel[]} [models] the models whose vectors are stored; default: those that the index has, or 'dclip'
 * @property {boolean | TagModel} [tags] whether tags are stored, and of which tagger; default: as in the index
 * @property {boolean} [scores] whether pix2score's scores are stored; default: as in the index
 * @property {(outcome: Outcome) => void} [onOutcome] called for each picture when it is done
 *
 * @typedef {CallOptions & PictureOptions & Adds} AddOptions
 *
 * @typedef {object} Asks a search. A picture must pass all filters; parts with vectors are added to one query vector
 * @property {string | string[]} [text] describes wanted pictures; needs vectors of a CLIP
 * @property {string | string[]} [notText] describes unwanted pictures
 * @property {Source | Source[]} [image] pictures like these
 * @property {Source | Source[]} [notImage] pictures unlike these
 * @property {Float32Array | Float32Array[]} [vector] vectors of the model that searches
 * @property {number[]} [like] ids of pictures in the index; the result does not contain them
 * @property {number[]} [unlike] likewise, for unwanted pictures
 * @property {string | string[]} [tags] that a picture must have
 * @property {string | string[]} [notTags] that a picture must not have
 * @property {string | string[]} [words] that the path of a picture must contain
 * @property {string | string[]} [raise] words of the path, or tags: each that a picture has raises its score by a standard deviation of the
 *   scores of all pictures
 * @property {string} [folder] that contains the picture, directly or in a subfolder
 * @property {Date | string | number} [after] the file was last changed at this time or later
 * @property {Date | string | number} [before] the file was last changed before this time
 * @property {number} [limit] the maximal number of results, default 20
 * @property {number | 'auto' | 'off'} [minScore] the minimal score, -1 to 1; default 'auto': two standard deviations above the mean of the
 *   scores of all pictures, none for fewer than 50 pictures; 'off': none
 * @property {boolean} [diverse] true: prefers results that differ from each other; default false
 * @property {boolean} [hideDuplicates] true: of several duplicates, the result has only the best; default false
 * @property {EmbedImageModel} [model] the model whose vectors are compared; default: the first that the index has of DanbooruCLIP, another CLIP,
 *   illust2vec
 *
 * @typedef {CallOptions & Asks} SearchOptions
 *
 * @typedef {{ id: number, path: string, score: number, width: number, height: number, bytes: number, modified: number }} FoundPicture score:
 *   the cosine of its vector and the query vector; in a search by tags only, the mean of their scores; plus the amount that `raise` adds
 *
 * @typedef {FoundPicture[] & { model?: string, minScore?: number, mean?: number, deviation?: number, searched: number }} SearchResult model:
 *   the model whose vectors were compared; minScore: the minimal score, if there was one; mean and deviation: of the scores of all pictures;
 *   searched: how many pictures passed the filters
 *
 * @typedef {object} DuplicateOptions
 * @property {number} [distance] how many of the 256 bits of two perceptual hashes may differ, 0 to 128, default 64
 * @property {number} [minCosine] the minimal cosine of their vectors, default 0.9
 * @property {boolean} [mirrored] whether mirrored pictures count as duplicates, default true
 * @property {EmbedImageModel} [model] the model whose vectors confirm duplicates; default: as for a search
 *
 * @typedef {Omit<FoundPicture, 'score'>} IndexedPicture
 * @typedef {IndexedPicture & { sha256: string, tags: Tag[] }} KnownPicture tags: the stored ones, the highest score first
 * @typedef {{ best: IndexedPicture & { reason: 'pixels' | 'format' | 'bytes' | 'age' | 'order', why: string }, others: (IndexedPicture & { same: 'bytes' | 'picture' | 'mirrored', distance: number })[] }} DuplicateGroup
 *   duplicates of one picture. best: the one with the most pixels; if these are equal, that with a lossless format, then the most bytes, then the
 *   oldest; why: the reason in English. same: what the picture has in common with the best; distance: the number of bits in which their hashes
 *   differ
 *
 * @typedef {object} RecommendOptions
 * @property {(number | Float32Array)[]} like ids of pictures of the index, or vectors of other pictures
 * @property {(number | Float32Array)[]} [unlike] likewise, for disliked pictures
 * @property {number} [limit] the maximal number of results, default 20
 * @property {EmbedImageModel} [model] as for a search
 */

/**
 * @template {number | string} I
 * @typedef {object} RecommendFromOptions
 * @property {Float32Array[]} like vectors of liked pictures
 * @property {Float32Array[]} [unlike] vectors of disliked pictures
 * @property {number} [limit] the maximal number of results, default 20
 * @property {(query: Float32Array, count: number) => Promise<{ id: I, score: number, vector: Float32Array }[]>} find gives the `count`
 *   pictures that are nearest to a vector of length 1; score: the cosine; vector: of length 1
 */

/**
 * @typedef {FoundPicture & { interest: number }} Recommended interest: the number of the group of liked pictures to which it is
 *   similar, from 0
 *
 * @typedef {object} NearWords
 * @property {string[]} [words] the words to search in; default: the tags in the index
 * @property {TagModel} [tagger] instead of `words`: all tags of this tagger without ratings. Only its list of tags is read
 * @property {string} [list] the name under which the vectors of the words are stored; default: 'words', or the name of the tagger. Without
 *   `words` and `tagger`: the name of a stored list
 * @property {number} [limit] the maximal number of results, default 50
 * @property {'acgvoc2vec' | 'distiluse'} [model] default 'acgvoc2vec'
 *
 * @typedef {CallOptions & NearWords} NeighbourOptions
 *
 * @typedef {{ list: string, model: string, words: number }} WordList model: the model of the vectors; words: their number
 *
 * @typedef {{ added: number, updated: number, unchanged: number }} ImportResult how many pictures are new, got missing data, or did not
 *   change
 *
 * @typedef {object} ExportOptions
 * @property {EmbedImageModel} [model] the model whose vectors are exported; default: as for a search
 * @property {(bytes: Uint8Array<ArrayBuffer>) => void | Promise<void>} [write] receives the file in parts; the result is then
 *   undefined
 *
 * @typedef {{ pictures: number, bytes: number, models: { name: string, sha256: string, dims: number, pictures: number, stale: number,
 *   missing: number }[] }} IndexStats bytes: of the file; models: for each, how many pictures have results of its current weights (pictures), of
 *   other weights (stale), or none (missing)
 */

/** @typedef {{ name: string, category: string, pictures: number }} TagCount how many pictures have a tag */

/** @typedef {'relaxed-threads' | 'relaxed' | 'simd-threads' | 'simd'} Variant one of the four builds of the engine */

/** @typedef {{ variant: Variant, threads: number }} EngineInfo */

export {};
