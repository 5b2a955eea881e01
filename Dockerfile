# unposted serve, as nobody in particular, on a root that nothing writes to; the merchant's files are the one volume.
FROM python:3.13-slim AS build
WORKDIR /build
COPY requirements.lock pyproject.toml README.md LICENSE ./
COPY src ./src
RUN python -m venv /opt/unposted \
 && /opt/unposted/bin/pip install --no-cache-dir --require-hashes -r requirements.lock \
 && /opt/unposted/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin unposted \
 && install -d -o unposted -g unposted /data
COPY --from=build /opt/unposted /opt/unposted
ENV PATH=/opt/unposted/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER unposted
WORKDIR /data
VOLUME /data
EXPOSE 8420
HEALTHCHECK --interval=30s --timeout=5s CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8420/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["unposted"]
CMD ["serve", "--host", "0.0.0.0"]
