# docker build -t scr .
# docker run -p 8080:8080 scr                                # a demo site
# docker run -p 8080:8080 -v site:/data scr serve --dir /data --listen 0.0.0.0:8080

FROM rust:1.95-bookworm AS build
WORKDIR /source
COPY . .
RUN cargo build --release --locked && mkdir /empty

# The C runtime, the binary, and nothing else: no shell, no package manager, not root.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /source/target/release/scr /usr/local/bin/scr
COPY --from=build --chown=nonroot:nonroot --chmod=700 /empty /data
COPY --from=build --chown=nonroot:nonroot --chmod=700 /empty /demo
USER nonroot
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/scr"]
CMD ["demo", "--dir", "/demo/site", "--listen", "0.0.0.0:8080"]
