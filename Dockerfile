# The Promptseg server with the viewer and the shipped models: for CPUs, or with `--target gpu` for NVIDIA GPUs.
# A newer image: docs/administer/security.md, "Images by digest".
ARG NODE_IMAGE=node:24.18.0-bookworm-slim@sha256:6f7b03f7c2c8e2e784dcf9295400527b9b1270fd37b7e9a7285cf83b6951452d

FROM ${NODE_IMAGE} AS build
WORKDIR /promptseg
COPY . .
RUN npm ci --include=dev --no-audit --no-fund \
 && npm run build \
 && node scripts/get-viewer.mjs && mv .cache/ohif-* viewer \
 && npm prune --omit=dev

# ONNX Runtime's CUDA provider and what it needs of CUDA and cuDNN, from PyPI with their checksums.
FROM build AS cuda
RUN apt-get update && apt-get install --yes --no-install-recommends python3-pip \
 && node server/bin/promptseg.mjs gpu install

FROM ${NODE_IMAGE} AS server
ENV NODE_ENV=production \
    PROMPTSEG_HOST=0.0.0.0 \
    PROMPTSEG_PORT=8460 \
    PROMPTSEG_DATA=/data \
    PROMPTSEG_VIEWER=/promptseg/viewer
WORKDIR /promptseg
COPY --from=build /promptseg/package.json ./
COPY --from=build /promptseg/node_modules node_modules
COPY --from=build /promptseg/server server
COPY --from=build /promptseg/viewer-extension/app-config.js viewer-extension/
COPY --from=build /promptseg/viewer-extension/dist viewer-extension/dist
COPY --from=build /promptseg/models models
COPY --from=build /promptseg/viewer viewer
RUN mkdir --mode=700 /data && chown node /data
USER node
VOLUME /data
EXPOSE 8460
HEALTHCHECK --interval=10s --start-period=20s \
  CMD node -e "fetch('http://127.0.0.1:8460/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"
ENTRYPOINT ["node", "server/bin/promptseg.mjs"]
CMD ["serve"]

# The driver comes from the host, through the NVIDIA container toolkit; `graphics` is its part for WebGPU.
FROM server AS gpu
USER root
RUN apt-get update && apt-get install --yes --no-install-recommends libvulkan1 && rm -rf /var/lib/apt/lists/*
COPY --from=cuda /promptseg/node_modules/onnxruntime-node/bin node_modules/onnxruntime-node/bin
ENV NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility,graphics
USER node

# What `docker build .` makes.
FROM server
