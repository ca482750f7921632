import 'fastify';

declare module 'fastify' {
    interface FastifyRequest {
        /** Aborted when the client is gone, its time is up, or the service stops. Its reason is a Refusal. */
        work: AbortSignal;
    }
}
