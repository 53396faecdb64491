# One image for every process of the portal; docker-compose.yml says what each runs.
# Debian, not Alpine: the locked wheels are built for glibc.
FROM python:3.13-slim AS build
WORKDIR /app
RUN python -m venv /venv
COPY requirements.lock .
# The simulated AWS, PostgreSQL and Valkey wheels and the tests' packages are not in this lock.
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock
COPY . .
# Needs settings that it never uses.
RUN COLLECTED_STATIC=1 SECRET_KEY=build DATABASE_URL=postgres://build@localhost/build REDIS_URL=redis://localhost/0 \
    /venv/bin/python manage.py collectstatic --no-input -v 0 \
    && /venv/bin/python -m compileall -q /app

FROM python:3.13-slim
RUN groupadd --gid 10001 portal && useradd --uid 10001 --gid portal --no-create-home --shell /usr/sbin/nologin portal
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MALLOC_ARENA_MAX=2 \
    MALLOC_MMAP_THRESHOLD_=131072 \
    MALLOC_TRIM_THRESHOLD_=131072 \
    COLLECTED_STATIC=1
USER portal
EXPOSE 8000
# The other processes ask for their own beat: see docker-compose.yml.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python", "scripts/healthcheck", "web"]
CMD ["granian", "--interface", "wsgi", "opsportal.wsgi:application", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "4", "--no-ws", "--log-level", "warning"]
