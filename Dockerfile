FROM python:3.13-slim
RUN useradd --create-home planb && mkdir /data && chown planb /data
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
RUN pip install --no-cache-dir --no-deps .
USER planb
ENV DATABASE_URL=sqlite:////data/planb.db LOG_FORMAT=json
VOLUME /data
CMD ["planb", "run"]
