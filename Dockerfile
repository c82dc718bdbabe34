# nnlab on CPUs: docs/containers.md
ARG PYTHON=3.12

FROM python:${PYTHON}-slim AS build
WORKDIR /src
COPY requirements.lock requirements-uv.lock ./
RUN pip install --no-cache-dir --require-hashes --requirement requirements-uv.lock \
    && uv venv --no-cache --python "$(command -v python)" /opt/nnlab
COPY setup.cfg pyproject.toml README.md LICENSE ./
# versions and hashes are those of the lock; what only developers need is left out
ARG TENSORFLOW=tensorflow
RUN uv pip install --no-cache --python /opt/nnlab --compile-bytecode \
    --constraint requirements.lock --build-constraint requirements.lock \
    --requirement setup.cfg --extra serve "$TENSORFLOW"
COPY nnlab ./nnlab
RUN uv pip install --no-cache --python /opt/nnlab --compile-bytecode \
    --no-deps --build-constraint requirements.lock .

FROM python:${PYTHON}-slim
# any user may run it (docker run --user), and needs a place for caches
RUN useradd --uid 1000 --home-dir /home/nnlab nnlab && install --directory --mode 1777 /home/nnlab /work
COPY --from=build /opt/nnlab /opt/nnlab
ENV HOME=/home/nnlab PATH=/opt/nnlab/bin:$PATH
USER 1000:1000
WORKDIR /work
ENTRYPOINT ["nnlab"]
CMD ["--help"]
