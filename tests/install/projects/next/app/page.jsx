'use client';
import { createEngine } from 'acg2vec';
import { useEffect, useState } from 'react';

export default function Page() {
    const [shown, show] = useState({ src: '/picture.png', words: '' });
    useEffect(() => {
        (async () => {
            const picture = await (await fetch('/picture.png')).blob();
            const engine = await createEngine();
            const { blob } = await engine.upscale(picture, { scale: 2 });
            show({ src: URL.createObjectURL(blob), words: `${engine.info.threads} threads` });
            await engine.close();
        })();
    }, []);
    return (
        <>
            <img src={shown.src} alt="" />
            <p>{shown.words}</p>
        </>
    );
}
