// The types that users of the package see. No code. Sizes are in pixels, memory in bytes, times in milliseconds, unless said otherwise.

/**
 * @typedef {import('./client/engine.js').Engine} Engine
 * @typedef {import('./index/picture_index.js').PictureIndex} PictureIndex
 */

/**
 * Of browsers; never for a program that is compiled without their types.
 * @typedef {typeof globalThis extends { ImageData: { prototype: infer T } } ? T : never} BrowserImageData
 * @typedef {typeof globalThis extends { ImageBitmap: { prototype: infer T } } ? T : never} BrowserImageBitmap
 * @typedef {typeof globalThis extends { FileSystemDirectoryHandle: { prototype: infer T } } ? T : never} BrowserFolder
 * @typedef {typeof globalThis extends { WebAssembly: { Module: { prototype: infer T } } } ? T : never} WasmModule a WebAssembly.Module
 */

/**
 * @typedef {'NO_MEMORY' | 'BAD_FORMAT' | 'BAD_ARGUMENT' | 'UNSUPPORTED' | 'CANCELLED' | 'INTERNAL' | 'NOT_FOUND' | 'UNREADABLE' | 'BAD_MODEL'} ErrorCode
 *   The `code` of an AcgError. NO_MEMORY: the work does not fit into memory. BAD_FORMAT: a file is damaged or cut short. BAD_ARGUMENT: an
 *   option does not exist or is out of range. UNSUPPORTED: a file is intact, but of a kind or size that is not supported. CANCELLED: the
 *   signal stopped the work, or the engine was closed. INTERNAL: a bug of ours. NOT_FOUND: a model's file, or the folder for temporary
 *   files, is not there. UNREADABLE: the picture itself could not be fetched or read. BAD_MODEL: a model's file is not the one that the
 *   manifest lists.
 */

/**
 * @typedef {keyof typeof import('./worker/native/abi.js').REASON_VALUES} EngineReason of pictures, their warnings and memory: see
 *   src/core/reason.h
 * @typedef {'NOT_FETCHED' | 'SERVER_REFUSED' | 'FILE_CHANGED' | 'MODEL_MISSING' | 'MODEL_DAMAGED' | 'OTHER_FILE' | 'OTHER_NETWORK' |
 *   'OTHER_VERSION' | 'NO_ROOM' | 'NOT_KEPT' | 'FILE_TAKEN' | 'NO_ROOM_TEMPORARY' | 'PICTURE_UNREADABLE' | 'NO_SIMD' | 'ENGINE_NOT_LOADED' |
 *   'ENGINE_STOPPED' | 'ENGINE_FAULT' | 'INDEX_TAKEN' | 'INDEX_DAMAGED' | 'INDEX_NO_ROOM' | 'DECODER_NOT_LOADED' |
 *   'HDR_NOT_CONVERTED' | 'PROFILE_NOT_CONVERTED'} PackageReason
 * @typedef {EngineReason | PackageReason} Reason why something failed or is odd, more closely than an ErrorCode: a program can say it in
 *   another language, with the values that the English sentence names. Sentences that are for programmers have none
 * @typedef {Record<string, string | number>} Values
 *
 * @typedef {object} Note what is odd about a picture or its result
 * @property {string} sentence the same as in `warnings`
 * @property {Reason} [reason]
 * @property {Values} values
 */

/** @typedef {{ data: ArrayBufferView, width: number, height: number, channels: 3 | 4 }} Pixels
 *   RGB, or RGBA with straight alpha: `height * width * channels` samples of 8 bits, row by row, without gaps */

/**
 * @typedef {Blob | URL | string | ArrayBuffer | ArrayBufferView | BrowserImageData | BrowserImageBitmap | Pixels} Source
 *   A picture: a file's bytes, where to read them (in Node also a path), or pixels.
 */

/**
 * @typedef {object} Progress
 * @property {'models' | 'convert' | 'upscale' | 'embed' | 'describe' | 'index'} stage the work that is reported
 * @property {number} done bytes (models, convert: of the published files), pictures (index) or steps (the others)
 * @property {number} total
 * @property {number} [etaMs] time left of this stage, in milliseconds; undefined until it can be predicted
 * @property {string} [model] of the stages 'models' and 'convert': the id of the model, or of what several are made of
 * @property {{ pass: number, passes: number, tile: number, columns: number, rows: number, side: number }} [work] of
 *   stage 'upscale': in pass `pass` (from 0) of `passes`, all tiles before `tile` (from 0, row by row) are done. There are `columns` times
 *   `rows` tiles with sides of `side` input pixels
 */

/**
 * @typedef {object} Tile a finished part of the output picture; with `width` or `height` of what the network makes, before that becomes
 *   another size
 * @property {number} x its left edge in that, in pixels
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
 *   function that returns, for such a path, a URL or the file itself (such as one that the user chose), which is read in pieces and not
 *   kept, or undefined: as if there were no function. A published SHA-256 is always checked.
 */

/**
 * @typedef {object} EngineOptions
 * @property {number} [threads] the most threads to use, 1 to 64; default: the number of cores, up to 8
 * @property {WasmLocation} [wasm]
 * @property {ModelLocation} [models]
 * @property {{ avif?: string | URL, jxl?: string | URL }} [decoders] for a page without a bundler: where `codec/dec/avif_dec.js` of
 *   the package `@jsquash/avif` and the module of `jxl-oxide-wasm` are
 * @property {AbortSignal} [signal] closes the engine
 * @property {(progress: Progress) => void} [onProgress] for the calls that have none of their own
 * @property {(warning: string) => void} [onWarning] receives a sentence when a model's file on this computer was damaged and another
 *   copy was taken or fetched
 */

/**
 * @typedef {object} UpscaleOptions
 * @property {1 | 2 | 3 | 4} [scale] default 2, of x4plus-anime 4; not every model has every scale; 1 only removes noise
 * @property {number} [width] of the output, in pixels, 1 to 65535: what the network makes becomes that size with Lanczos' filter in linear
 *   light. Without `height` this follows, by the picture's proportions. At most 4 times what the network makes; a warning tells of more
 *   than once
 * @property {number} [height] likewise
 * @property {'inside' | 'outside' | 'fill'} [fit] with both sides: default 'inside', the largest size of the picture's proportions that is
 *   nowhere larger; 'outside', the smallest that is nowhere smaller; 'fill', exactly both
 * @property {'se' | 'pro' | 'nose' | 'cunet' | 'upconv' | 'upconv-photo' | 'animevideo' | 'x4plus-anime'} [model] the first three are Real-CUGAN's, the
 *   next three waifu2x's, the last two are Real-ESRGAN's; default 'se'
 * @property {'conservative' | 'none' | '0' | '1' | '2' | '3' | 0 | 1 | 2 | 3} [denoise] not every model has every level; default:
 *   'conservative' of Real-CUGAN, otherwise 'none'; at scale 1 '1'
 * @property {number} [strength] how much the network changes, 0.5 to 1.5; default 1: as published
 * @property {'auto' | number} [tile] side of a tile in pixels of the input, 16 to 4096, default 'auto'
 * @property {'exact' | 'fast' | 'off'} [sync] default 'exact': the result equals that of the picture as one tile;
 *   'fast': the picture's means are estimated from patches spread over it; 'off': each tile uses its own means, so neighbouring
 *   tiles may differ in colour
 * @property {boolean} [tta] the average of the eight mirrored and turned pictures; takes 8 times as long, with 'exact' 15
 *   times; default false
 * @property {number} [memory] bytes of the engine's memory for the picture and the work on it, default 640 MiB
 * @property {boolean | string} [temp] whether exact tiles may use a temporary file for what does not fit into `memory`, default true; in
 *   Node also the folder for it. Without the file, or space for it, they take up to three times as long
 * @property {'png' | 'webp' | 'jpg' | 'pixels'} [format] default 'png', which keeps 16 bits a sample; files get the
 *   picture's colour profile; jpg has no transparency: the picture is laid on white; an animation (GIF, PNG, WebP) becomes an animated
 *   png or webp and is refused for the other formats
 * @property {number} [quality] of webp and jpg, 1 to 100, default 90; webp of quality 100 is lossless
 * @property {'none' | 'keep'} [metadata] 'keep': the file gets EXIF (orientation applied, size corrected), XMP and the text of a PNG, if
 *   its format has these; default 'none', because they may tell where and by whom a picture was made. The colour profile stays unless `colour` says otherwise
 * @property {'exact' | 'near' | 'off'} [grey] which pictures are treated as grey and stay grey: default 'exact', those whose three
 *   channels are equal everywhere; 'near': also those that are nearly grey, such as grey JPEGs with noise; 'off': none. A grey picture
 *   becomes a png or jpg of one channel, unless it has a colour profile of RGB
 * @property {'keep' | 'srgb'} [colour] default 'keep': the network gets the numbers of the file, and the output the colour profile. 'srgb':
 *   colours are converted to sRGB first, and the output says sRGB; for programs that ignore profiles. HDR stays as it is
 * @property {'refuse' | 'keep'} [damaged] what to do with a file that is cut short or damaged: default 'refuse'; 'keep': use the part that is
 *   there, with a warning
 * @property {boolean} [guard] true: areas that the network draws in a wrong colour (some networks do so with large areas of pure colour)
 *   are enlarged with bicubic interpolation instead, with a warning. Default false: only the warning
 * @property {number} [maxPixels] the most pixels of a picture, 1 to 2^32 - 1, default 2^28 (268 megapixels)
 * @property {AbortSignal} [signal] stops the work within one step; the engine stays usable
 * @property {(progress: Progress) => void} [onProgress]
 * @property {(tile: Tile) => void} [onTile] receives each finished part of the output
 * @property {(chunk: Uint8Array<ArrayBuffer>) => void} [onChunk] receives the bytes of the output as they come; the
 *   result then has neither blob nor pixels
 */

/**
 * @typedef {'whole' | 'off' | 'fast' | 'exact' | 'exact16' | 'exact-file' | 'twice' | 'twice16' | 'twice-file' | 'again'} TilePlan
 *   How tiles get the picture's means. whole: there is one tile. off: they do not. fast: estimated from patches. exact, exact16, exact-file:
 *   in passes, with the maps in between kept as floats, at 16 bits or in a temporary file. twice…: the same, but the last pass computes
 *   everything again. again: each pass computes everything again.
 */

/**
 * @typedef {object} UpscaleFacts what is told of every result
 * @property {number} width
 * @property {number} height
 * @property {3 | 4} channels
 * @property {number} frames the number of frames of an animation, where equal frames in a row are one; 1: a still picture
 * @property {boolean} grey whether the picture was treated as grey
 * @property {string[]} warnings a sentence each about what is odd in the file or in the result
 * @property {Note[]} notes the same, for programs
 * @property {{ side: number, plan: TilePlan, memory: number }} tiles side of a tile in input pixels, how tiles got the
 *   picture's means, and the most bytes that the work took
 * @property {number} heap all memory of the engine in bytes; it never shrinks
 * @property {{ modelsMs: number, decodeMs: number, upscaleMs: number, totalMs: number }} timings
 *
 * @typedef {UpscaleFacts & { blob: Blob, pixels?: undefined }} UpscaledFile the picture file
 * @typedef {UpscaleFacts & { pixels: Uint8Array<ArrayBuffer>, blob?: undefined }} UpscaledPixels rows without gaps, with format 'pixels'
 * @typedef {UpscaleFacts & { blob?: undefined, pixels?: undefined }} UpscaledChunks with onChunk, which received the bytes
 * @typedef {UpscaleFacts & { blob?: Blob, pixels?: Uint8Array<ArrayBuffer> }} UpscaleResult one of these
 */

/**
 * What `upscale` resolves to with these options. Where the compiler cannot know the format, it is any of them.
 * @template O
 * @typedef {O extends { onChunk: Function } ? UpscaledChunks
 *     : 'onChunk' extends keyof O ? UpscaleResult
 *     : O extends { format: infer F } ? ([F] extends ['pixels'] ? UpscaledPixels : [F] extends ['png' | 'webp' | 'jpg'] ? UpscaledFile : UpscaleResult)
 *     : 'format' extends keyof O ? UpscaleResult
 *     : UpscaledFile} UpscaleResultOf
 */

/**
 * @typedef {object} UpscalePlan what an upscale would take
 * @property {number} width of the output
 * @property {number} height
 * @property {3 | 4} channels
 * @property {number} frames
 * @property {boolean} grey
 * @property {string[]} warnings
 * @property {Note[]} notes the same, for programs
 * @property {UpscaleFacts['tiles'] & { columns: number, rows: number }} tiles
 * @property {number} memory the most bytes of the engine in use, with the picture and the network
 * @property {number} ms the predicted time
 * @property {'work' | 'trial'} msFrom what the prediction comes from: the last work of that kind on this machine, or, if there was none, a
 *   trial of a tenth of a second
 */

/**
 * @typedef {object} FetchOptions
 * @property {'int8' | 'f16' | 'bf16' | 'f32'} [dtype] of the weights of a model that is converted, default 'int8': the smallest and fastest
 * @property {string} [folder] in Node: where models that are converted go, instead of the user's cache folder
 * @property {AbortSignal} [signal] stops it; what has come is kept for the next time
 * @property {(progress: Progress) => void} [onProgress]
 *
 * @typedef {Blob | { name: string, blob: Blob } | string} GivenFile a file that the user chose; name: with the path in the folder that was
 *   chosen; in Node also the path of a file or a folder
 *
 * @typedef {object} KeptModel
 * @property {string} id
 * @property {string} model what calls name it: `{ model }`; a model for pictures and texts has an entry for each
 * @property {'upscale' | 'embed' | 'score' | 'tag'} task
 * @property {'image' | 'text' | undefined} input what it looks at; undefined: it enlarges
 * @property {TagDefaults | undefined} defaults of a tagger
 * @property {string} licence
 * @property {string} origin by whom it is, in a sentence
 * @property {number | undefined} bytes how large its files are, if that is known
 * @property {number} keptBytes how much of them is here
 * @property {boolean} isWhole whether all of them are here
 * @property {{ path: string, bytes: number | undefined }[]} missing those that are not; without bytes: it is made of what is published
 * @property {Published | undefined} published of a model that is converted
 *
 * @typedef {object} Published
 * @property {string} page where it is published
 * @property {boolean} canFetch whether `fetch` may get it, or only a person
 * @property {number | undefined} bytes of that download
 * @property {number} begunBytes how many of them are here already
 * @property {Record<string, number>} keptBytes how large is what is kept of it, by dtype
 */

/**
 * @typedef {object} CallOptions
 * @property {AbortSignal} [signal] stops the work within one layer; the engine stays usable
 * @property {(progress: Progress) => void} [onProgress]
 *
 * @typedef {Pick<UpscaleOptions, 'damaged' | 'maxPixels'>} PictureOptions
 *
 * @typedef {object} VectorOptions
 * @property {boolean} [normalize] true: vectors get length 1, so that a dot product is a cosine; default false: as the network
 *   gives them
 *
 * @typedef {'dclip' | 'clip-b32' | 'clip-b16' | 'clip-l14' | 'clip-l14-336'} ClipModel DanbooruCLIP (768 values), or OpenAI's CLIP in one of
 *   its sizes (ViT-B: 512 values, ViT-L: 768)
 * @typedef {ClipModel | 'illust2vec' | 'illust2vec-style'} EmbedImageModel a CLIP, illust2vec (1024 values: what a picture shows),
 *   or the Gram matrices of its first blocks (256: how it is drawn)
 * @typedef {ClipModel | 'acgvoc2vec' | 'distiluse'} EmbedTextModel a CLIP, or acgvoc2vec (512 values: compares sentences and tags
 *   in Chinese, Japanese, English and more), or distiluse, which that was made of (512 values: sentences in 50 languages)
 *
 * @typedef {CallOptions & PictureOptions & VectorOptions & { model?: ClipModel }} EmbedOptions default 'dclip'
 * @typedef {CallOptions & PictureOptions & VectorOptions & { model?: EmbedImageModel }} EmbedImageOptions default 'dclip'
 * @typedef {CallOptions & VectorOptions & { model?: EmbedTextModel }} EmbedTextOptions default 'dclip'
 */

/**
 * @typedef {object} TextOptions
 * @property {boolean} [truncate] default true: a text of more than 75 tokens (acgvoc2vec, distiluse: 126) is cut, as the original does;
 *   false: it is refused
 * @property {'huggingface' | 'openai'} [clean] only for CLIP: how a text is cleaned before it is split into tokens: as its tokenizer.json
 *   says (default), or as OpenAI's clip.tokenize does
 */

/** @typedef {{ vector: Float32Array }} Embedded a picture's vector, from `embedImage` with the same model */

/** @typedef {{ label: string, probability: number, cosine: number }} Label probability: 0 to 1, with the sum 1 over all labels; cosine: -1 to 1 */

/**
 * @typedef {object} Score of one head of pix2score
 * @property {string} label the most probable bin: "100-130", or "2700-inf" for the last
 * @property {number[]} probabilities one for each bin, with the sum 1
 * @property {string[]} labels the names of the bins
 * @property {number} expected the mean of the centres of the bins, weighted by their probabilities; the last bin has no end and counts as
 *   its lower edge
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
 * @property {boolean} [fit] undefined: the option makes no difference to this tagger
 *
 * @typedef {object} TagThresholds
 * @property {TagModel} [model] whose tags, default 'deepdanbooru'
 * @property {number} [threshold] tags with a lower score are left out, 0 to 1, default 0.5; of wd-vit general tags below 0.35, characters
 *   below 0.85
 * @property {Thresholds} [thresholds] of single categories, instead of that. Of the ratings only the highest is told, unless they have one
 * @property {'score' | 'list'} [order] 'score' (default): category by category, the highest score first; 'list': as the tagger's list has them
 * @property {boolean} [fit] how DeepDanbooru sees the picture: false (default): stretched to a square, as in ACG2vec; true: in
 *   proportion, with its edge pixels repeated outwards, as in DeepDanbooru's own program; wd-vit always sees it in proportion
 *
 * @typedef {CallOptions & PictureOptions & TagThresholds} TagOptions
 *
 * @typedef {object} Asked
 * @property {boolean} [score] default false
 * @property {boolean} [tag] default false
 * @property {EmbedImageModel[]} [embed] default none
 * @property {boolean} [facts] of the picture itself, default false
 *
 * @typedef {CallOptions & PictureOptions & TagThresholds & VectorOptions & Asked} DescribeOptions
 *
 * @typedef {object} Description what was asked for
 * @property {Scores} [score]
 * @property {Tag[]} [tags]
 * @property {Partial<Record<EmbedImageModel, Float32Array<ArrayBuffer>>>} [vectors]
 * @property {Facts} [facts]
 * @property {string[]} warnings a sentence each about what is odd in the file
 * @property {Note[]} notes the same, for programs
 */

/**
 * @typedef {object} Facts
 * @property {number} width as the picture is shown
 * @property {number} height
 * @property {Partial<Record<EmbedImageModel, string>>} weights SHA-256 of the weights that each vector was made with; '': nobody can tell
 */

/**
 * @typedef {'kohya' | 'a1111' | 'danbooru' | 'hydrus' | 'hydrus-sidecar'} CaptionFormat
 *   kohya: tags with a separator between them, as the tagging script of kohya's sd-scripts writes them. a1111: the JSON of the tagger of
 *   Stable Diffusion WebUI. danbooru: the JSON of Danbooru's autotagger. hydrus: the JSON of a request that adds tags in Hydrus.
 *   hydrus-sidecar: a tag a line, with namespaces, as Hydrus imports them
 *
 * @typedef {object} CaptionOptions
 * @property {CaptionFormat} [format] default 'kohya'
 * @property {boolean} [removeUnderscore] spaces instead of underscores, except in kaomoji (`>_<`) and in tags of up to three characters;
 *   default false; true for the formats of Hydrus
 * @property {string[]} [undesiredTags] are left out
 * @property {Record<string, string>} [tagReplacement] what is written instead of a tag
 * @property {string} [separator] of kohya: stands between tags, default ', '
 * @property {string[]} [alwaysFirstTags] of kohya: those of them that the picture has come first, in this order
 * @property {boolean} [characterTagsFirst] of kohya: characters before general tags, default false
 * @property {boolean} [characterTagExpand] of kohya: `name_(series)` becomes two tags, `name` and `series`, default false
 * @property {boolean} [escapeTags] of kohya: a backslash before parentheses and backslashes, as prompts need it, default false
 * @property {'first' | 'last' | 'none'} [rating] of kohya and Hydrus: where the rating with the highest score stands; default 'none', of
 *   Hydrus 'last'
 * @property {string} [existing] of kohya and hydrus-sidecar: the text of a caption that is there: its tags stay, and those that it does
 *   not have are added
 * @property {string} [filename] danbooru needs it: the picture's
 * @property {string} [sha256] hydrus needs it: the picture's, as 64 hexadecimal digits
 * @property {string} [serviceKey] of hydrus: the tag service, default that of "my tags"
 */

/**
 * @typedef {object} IndexOptions
 * @property {Engine} engine
 * @property {string} [location] in Node the path of the file, default `acg2vec.db` in the user's data folder; in a browser a name in the
 *   origin private file system, default `acg2vec.db`
 * @property {boolean} [create] default true: the file is made if there is none
 * @property {string | URL} [sqlite] where the module of @sqlite.org/sqlite-wasm is, for a page without a bundler
 *
 * @typedef {string | URL | File | { path: string, blob: Blob, modified?: number }} IndexSource in Node a path or a file: URL; a File's path
 *   is its webkitRelativePath or its name; modified: milliseconds since 1970
 *
 * @typedef {{ path: string, outcome: 'added' | 'updated' | 'unchanged' | 'moved' | 'copied' | 'removed' | 'failed', error?: Error }} Outcome
 *   updated: its content is new, or it was looked at by more models. copied: the index has the same bytes under another path, too
 *
 * @typedef {{ added: number, updated: number, unchanged: number, moved: number, copied: number, removed: number,
 *   failed: { path: string, error: Error }[] }} AddResult how many pictures had which outcome
 *
 * @typedef {object} Adds
 * @property {EmbedImageModel[]} [models] whose vectors to keep; default: those that the index has, or 'dclip'
 * @property {boolean | TagModel} [tags] whether to keep tags, and by which tagger; default: as the index has them
 * @property {boolean} [scores] whether to keep pix2score's scores; default: as the index has them
 * @property {(outcome: Outcome) => void} [onOutcome] hears of each picture when it is done
 *
 * @typedef {CallOptions & PictureOptions & Adds} AddOptions
 *
 * @typedef {object} Asks what of several is asked for has to be true together; what has vectors is added up
 * @property {string | string[]} [text] words that describe what is wanted; only of a CLIP
 * @property {string | string[]} [notText] words that describe what is not wanted
 * @property {Source | Source[]} [image] pictures like these
 * @property {Source | Source[]} [notImage] pictures unlike these
 * @property {Float32Array | Float32Array[]} [vector] of the same model
 * @property {number[]} [like] ids of pictures of the index; they are not found themselves
 * @property {number[]} [unlike]
 * @property {string | string[]} [tags] that a picture has to have
 * @property {string | string[]} [notTags] that it must not have
 * @property {string | string[]} [words] that its path has to have in it
 * @property {string | string[]} [raise] words of the path, or tags: each that a picture has raises its score by a standard deviation of the
 *   scores of all pictures
 * @property {string} [folder] in which it is, or below
 * @property {Date | string | number} [after] when its file was last changed: then or later
 * @property {Date | string | number} [before] earlier than that
 * @property {number} [limit] the most pictures that are found, default 20
 * @property {number | 'auto' | 'off'} [minScore] a cut-off, -1 to 1; default 'auto': two standard deviations above the mean of the scores of
 *   all pictures, of fewer than 50 pictures none; 'off': none
 * @property {boolean} [diverse] pictures that are different from each other, default false
 * @property {boolean} [hideDuplicates] of pictures that are the same only the best, default false
 * @property {EmbedImageModel} [model] whose vectors to compare; default: DanbooruCLIP, another CLIP, or illust2vec, whichever the index has
 *
 * @typedef {CallOptions & Asks} SearchOptions
 *
 * @typedef {{ id: number, path: string, score: number, width: number, height: number, bytes: number, modified: number }} FoundPicture score:
 *   the cosine of its vector and what was asked for, or, if only tags were asked for, the mean of their scores; and what `raise` adds
 *
 * @typedef {FoundPicture[] & { model?: string, minScore?: number, mean?: number, deviation?: number, searched: number }} SearchResult model:
 *   whose vectors were compared; minScore: the cut-off, if there was one; mean and deviation of the scores of all pictures; searched: how
 *   many pictures the filters let through
 *
 * @typedef {object} DuplicateOptions
 * @property {number} [distance] how many of the 256 bits of two perceptual hashes may differ, 0 to 128, default 64
 * @property {number} [minCosine] which cosine their vectors must have at least, default 0.9
 * @property {boolean} [mirrored] whether mirrored pictures count as the same, default true
 * @property {EmbedImageModel} [model] whose vectors confirm it; default: as for a search
 *
 * @typedef {Omit<FoundPicture, 'score'>} IndexedPicture
 * @typedef {IndexedPicture & { sha256: string, tags: Tag[] }} KnownPicture tags: those that are kept, the highest score first
 * @typedef {{ best: IndexedPicture & { reason: 'pixels' | 'format' | 'bytes' | 'age' | 'order', why: string }, others: (IndexedPicture & { same: 'bytes' | 'picture' | 'mirrored', distance: number })[] }} DuplicateGroup
 *   pictures that are the same, the best first: that with the most pixels; of equal ones that whose format keeps every pixel, the one with the
 *   most bytes, the oldest; why says it in English. same: what each has in common with the best; distance: in how many bits their hashes differ
 *
 * @typedef {object} RecommendOptions
 * @property {(number | Float32Array)[]} like ids of pictures of the index, or vectors of other pictures
 * @property {(number | Float32Array)[]} [unlike]
 * @property {number} [limit] the most pictures, default 20
 * @property {EmbedImageModel} [model] as for a search
 */

/**
 * @template {number | string} I
 * @typedef {object} RecommendFromOptions
 * @property {Float32Array[]} like vectors of pictures
 * @property {Float32Array[]} [unlike]
 * @property {number} [limit] the most pictures, default 20
 * @property {(query: Float32Array, count: number) => Promise<{ id: I, score: number, vector: Float32Array }[]>} find the nearest to a vector of
 *   length 1: their cosines, and their vectors, of length 1
 */

/**
 * @typedef {FoundPicture & { interest: number }} Recommended interest: the number of the group of liked pictures that it is for, from 0
 *
 * @typedef {object} NearWords
 * @property {string[]} [words] which words may be near; default: the tags that the index has
 * @property {TagModel} [tagger] in place of `words`: all tags that this tagger knows, but for ratings. Only its list of them is read
 * @property {string} [list] the name under which their vectors are kept, default 'words' or that of the tagger; without these a list that
 *   was given before
 * @property {number} [limit] default 50
 * @property {'acgvoc2vec' | 'distiluse'} [model] default 'acgvoc2vec'
 *
 * @typedef {CallOptions & NearWords} NeighbourOptions
 *
 * @typedef {{ list: string, model: string, words: number }} WordList model: whose vectors; words: how many
 *
 * @typedef {{ added: number, updated: number, unchanged: number }} ImportResult how many pictures are new, have got what they lacked, or
 *   stay as they were
 *
 * @typedef {object} ExportOptions
 * @property {EmbedImageModel} [model] whose vectors; default: as for a search
 * @property {(bytes: Uint8Array<ArrayBuffer>) => void | Promise<void>} [write] takes the file in parts; the result then is undefined
 *
 * @typedef {{ pictures: number, bytes: number, models: { name: string, sha256: string, dims: number, pictures: number, stale: number,
 *   missing: number }[] }} IndexStats bytes: of the file; of each model how many pictures it has seen with its present weights, with others
 *   before (stale), and not at all (missing)
 */

/** @typedef {{ name: string, category: string, pictures: number }} TagCount how many pictures have a tag */

/** @typedef {'relaxed-threads' | 'relaxed' | 'simd-threads' | 'simd'} Variant one of the four builds of the engine */

/** @typedef {{ variant: Variant, threads: number }} EngineInfo */

export {};
