// Types of builds.js: what the engine's JavaScript glue takes and gives. The functions are those of src/api.

export interface EngineModule {
    HEAPU8: Uint8Array;
    HEAP32: Int32Array;
    HEAPF64: Float64Array;
    UTF8ToString(pointer: number): string;
    _acg_init(threads: number): number;
    _acg_status(): number;
    _acg_message(): number;
    _acg_alloc(size: number): number;
    _acg_free(memory: number): void;
    _acg_memory_used(): number;
    _acg_image_decode(bytes: number, size: number, flags: number, maxPixels: number): number;
    _acg_image_warnings(image: number): number;
    _acg_image_from_pixels(pixels: number, width: number, height: number, channels: number, flags: number): number;
    _acg_image_decode_rgb(bytes: number, size: number, flags: number, maxPixels: number): number;
    _acg_image_rgb_from_pixels(pixels: number, width: number, height: number, channels: number): number;
    _acg_image_is_grey(image: number): number;
    _acg_image_frames_left(image: number): number;
    _acg_image_step(image: number): number;
    _acg_image_free(image: number): void;
    _acg_upscale_begin(model: number, image: number, options: number): number;
    _acg_upscale_prepare: EngineModule['_acg_upscale_begin'];
    _acg_upscale_cost(task: number): number;
    _acg_upscale_work(task: number): number;
    _acg_upscale_tile_side(task: number): number;
    _acg_upscale_plan(task: number): number;
    _acg_upscale_memory(task: number): number;
    _acg_upscale_width(task: number): number;
    _acg_upscale_height(task: number): number;
    _acg_upscale_channels(task: number): number;
    _acg_upscale_frames(task: number): number;
    _acg_upscale_frame(task: number): number;
    _acg_upscale_total(task: number): number;
    _acg_upscale_done(task: number): number;
    _acg_upscale_step(task: number): number;
    _acg_upscale_tile(task: number): number;
    _acg_upscale_outside(task: number): number;
    _acg_upscale_to_fetch(task: number): number;
    _acg_upscale_to_put(task: number): number;
    _acg_upscale_awaits(task: number): number;
    _acg_upscale_next_output(task: number): number;
    _acg_upscale_output(task: number): number;
    _acg_upscale_output_size(task: number): number;
    _acg_upscale_warnings(task: number): number;
    _acg_upscale_end(task: number): void;
    _acg_model_open(network: number): number;
    _acg_model_beside(model: number, file: number, size: number): number;
    _acg_model_set_levels(model: number, black: number, white: number): number;
    _acg_model_hash(model: number): number;
    _acg_model_sha256(model: number): number;
    _acg_model_want(model: number): number;
    _acg_model_want_size(model: number): number;
    _acg_model_took(model: number, size: number): number;
    _acg_model_finish(model: number): number;
    _acg_model_text(model: number, key: number): number;
    _acg_model_n_outputs(model: number): number;
    _acg_model_output_name(model: number, output: number): number;
    _acg_model_output_dim(model: number, output: number): number;
    _acg_model_logit_factor(model: number): number;
    _acg_model_close(model: number): void;
    _acg_embed_image(model: number, image: number, outputs: number, fit: number, normalize: number): number;
    _acg_embed_texts(model: number, texts: number, sizes: number, count: number, options: number): number;
    _acg_embed_total(task: number): number;
    _acg_embed_done(task: number): number;
    _acg_embed_step(task: number): number;
    _acg_embed_output(task: number, output: number): number;
    _acg_embed_end(task: number): void;
}

export interface EngineModuleOptions {
    threads: number;
    printErr?: (text: string) => void;
    locateFile?: (name: string, folder: string) => string;
    instantiateWasm?: (
        imports: WebAssembly.Imports,
        receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
    ) => object;
}

type Build = () => Promise<{ default: (options: EngineModuleOptions) => Promise<EngineModule> }>;

export const BUILDS: Record<'relaxed-threads' | 'relaxed' | 'simd-threads' | 'simd', Build>;
