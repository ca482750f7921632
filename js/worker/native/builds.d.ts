// Types of builds.js: what the engine's loaders take and give.
import type { AbiFunctions } from './abi.js';

export interface EngineModule extends AbiFunctions {
    HEAPU8: Uint8Array;
    UTF8ToString(pointer: number): string;
}

/** src/colour/colour.h, and memory for what goes in. */
export interface ColourModule {
    HEAPU8: Uint8Array;
    _malloc(size: number): number;
    _free(pointer: number): void;
    _colour_open(profile: number, size: number, channels: number, bits: number): number;
    _colour_convert(colour: number, pixels: number, n: number): void;
    _colour_close(colour: number): void;
}

/** What differs between a browser and Node. */
export interface LoaderHost {
    /** In Node: for the loader to `require` what it needs there. */
    nodeModule?: () => Promise<object>;
    /** Starts a worker that loads the same build and is told that it is a thread. */
    startThread: (variant: keyof typeof BUILDS, failed: (error: Error) => void) => object;
    /** Of builds without relaxed SIMD: whether JavaScriptCore is likely to run them. See acg_host in src/api/acg.h. */
    slowSplats: boolean;
}

export interface EngineModuleOptions {
    threads?: number;
    printErr?: (text: string) => void;
    locateFile?: (name: string, folder: string) => string;
    instantiateWasm?: (
        imports: WebAssembly.Imports,
        receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
    ) => object;
    nodeModule?: LoaderHost['nodeModule'];
    startThread?: () => object;
    /** Of builds with threads. */
    newMemory?: (limits: { initial: number; maximum: number }) => WebAssembly.Memory;
}

type Build<Module = EngineModule> = () => Promise<{ default: (options: EngineModuleOptions) => Promise<Module> }>;

export const BUILDS: Record<'relaxed-threads' | 'relaxed' | 'simd-threads' | 'simd', Build>;
export const LCMS2: Build<ColourModule>;
