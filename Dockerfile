# A static binary alone in an empty image: no shell, no packages, not root.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /out/cassacomune ./cmd/cassacomune \
 && mkdir -p /out/data /out/tmp

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/cassacomune /cassacomune
COPY --from=build --chown=65534:65534 /out/data /data
COPY --from=build --chown=65534:65534 /out/tmp /tmp
USER 65534:65534
ENV CASSACOMUNE_ADDR=0.0.0.0:8080 CASSACOMUNE_DATA=/data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=6s --start-period=60s CMD ["/cassacomune", "healthcheck"]
ENTRYPOINT ["/cassacomune"]
CMD ["serve"]
