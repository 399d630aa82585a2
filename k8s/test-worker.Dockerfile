# A worker that does what the test says (test-worker.ts). Built from the repository's root:
#   docker build -t mainloop/test-worker -f k8s/test-worker.Dockerfile .
FROM node:24-bookworm-slim
COPY k8s/test-worker.ts /test-worker.ts
USER 10001:10001
ENTRYPOINT ["node", "/test-worker.ts"]
