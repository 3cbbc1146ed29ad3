# syntax=docker/dockerfile:1
FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements/production.lock /tmp/production.lock
RUN pip install --require-hashes -r /tmp/production.lock

FROM python:3.11-slim
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 ENVIRONMENT=production DATA_DIR=/data
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin flashspace && install -d -o flashspace -m 0700 /data
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY . .
RUN deploy/collectstatic && python -m compileall -q .
USER flashspace
VOLUME /data
EXPOSE 8000
# A stop lets a request end: the longest statement runs 15 seconds. Without the kill timeout a worker that dies while it
# starts would keep granian alive for good.
CMD ["sh", "-c", "exec granian --interface wsgi --no-ws --host 0.0.0.0 --port 8000 --workers ${WEB_CONCURRENCY:-2} --blocking-threads 4 --workers-kill-timeout 20 --respawn-failed-workers --log-level warning flashspace.wsgi:application"]
