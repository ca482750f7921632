// Types of builds.js: what the engine's JavaScript glue takes and gives.
import type { AbiFunctions } from './abi.js';

export interface EngineModule extends AbiFunctions {
    HEAPU8: Uint8Array;
    UTF8ToString(pointer: number): string;
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
