# One image for the web process, the worker and migrate: docs/operations.md, Containers.
# Any Debian 12 or newer will do as a base: podman build --build-arg BASE=localhost/debian:bookworm .
ARG BASE=docker.io/library/debian:bookworm-slim

FROM ${BASE} AS build
RUN apt-get update -q \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends python3 python3-venv ca-certificates
RUN python3 -m venv /opt/daybook
WORKDIR /build
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY src src
RUN /opt/daybook/bin/pip install --no-cache-dir --disable-pip-version-check --constraint constraints.txt . \
 && /opt/daybook/bin/python -m compileall -q /opt/daybook/lib

FROM ${BASE}
RUN apt-get update -q \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends python3 ca-certificates fonts-noto-core \
    fonts-noto-cjk \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --user-group --home-dir /var/lib/daybook --create-home daybook
COPY --from=build /opt/daybook /opt/daybook
ENV PATH=/opt/daybook/bin:/usr/bin:/bin DAYBOOK_LOG_FORMAT=json PYTHONUNBUFFERED=1
# the number and not the name, so that whoever runs it can see that it is not root
USER 10001:10001
WORKDIR /var/lib/daybook
EXPOSE 8000
ENTRYPOINT ["daybook"]
CMD ["web", "--host", "0.0.0.0"]
