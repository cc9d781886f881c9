package io.redrl.bench;

import io.redrl.base.Reason;
import io.redrl.base.RedrlException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Load on a running {@code redrl serve}: clients that each keep a connection and send the next image when the last one is answered.
 *
 * @param answered images with status 200
 * @param took how long that took
 * @param milliseconds of each of these answers
 * @param statuses how many answers had which
 * @param serverCpu processor time of the server
 * @param residentFirst the server's memory, the mean over the second fifth of the time, in bytes
 * @param residentLast the same over the last fifth
 * @param heapFirst the server's Java heap, the least over the second fifth of the time, in bytes
 * @param heapLast the same over the last fifth
 */
record ServeLoad(
        double answered,
        Duration took,
        List<Double> milliseconds,
        Map<Integer, Long> statuses,
        Duration serverCpu,
        double residentFirst,
        double residentLast,
        double heapFirst,
        double heapLast) {
    private static final int OK = 200;
    private static final int TOO_MANY = 429;
    private static final long BUSY_PAUSE_MILLISECONDS = 100;
    private static final long SAMPLE_MILLISECONDS = 250;
    private static final int FIFTHS = 5;

    /** An answer: its status and body. */
    private record Answer(int status, String body) {}

    /** What the server tells of itself. */
    private record Sample(double cpuSeconds, double resident, double heap) {
        static Sample of(Connection connection) throws IOException {
            String metrics = connection.ask("GET", "/metrics", new byte[0]).body();
            double cpu = sum(metrics, "process_cpu_time_ns_total ") / 1e9;
            double resident = sum(metrics, "process_resident_memory_bytes ");
            double heap = sum(metrics, "jvm_memory_used_bytes{area=\"heap\"");
            return new Sample(cpu, resident, heap);
        }

        private static double sum(String metrics, String name) {
            return metrics.lines()
                    .filter(line -> line.startsWith(name))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        }
    }

    /**
     * Runs it.
     *
     * @param images the content of image files, sent in turn
     * @param most ends after so many answers, if that is sooner than {@code time}
     */
    static ServeLoad run(URI url, List<byte[]> images, int clients, Duration time, long most) {
        ConcurrentLinkedQueue<Double> times = new ConcurrentLinkedQueue<>();
        Map<Integer, Long> statuses = new TreeMap<>();
        AtomicLong sent = new AtomicLong();
        AtomicBoolean over = new AtomicBoolean();
        ConcurrentLinkedQueue<IOException> failures = new ConcurrentLinkedQueue<>();
        List<Sample> samples = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        long start = System.nanoTime();
        try (Connection watch = new Connection(url)) {
            Sample first = Sample.of(watch);
            for (int i = 0; i < clients; i++) {
                Thread thread = new Thread(() -> {
                    try (Connection connection = new Connection(url)) {
                        while (!over.get()) {
                            long turn = sent.getAndIncrement();
                            if (turn >= most) {
                                return;
                            }
                            long begin = System.nanoTime();
                            int status = connection
                                    .ask("POST", "/api/v1/identify", images.get((int) (turn % images.size())))
                                    .status();
                            synchronized (statuses) {
                                statuses.merge(status, 1L, Long::sum);
                            }
                            if (status == OK) {
                                times.add((System.nanoTime() - begin) / 1e6);
                            } else if (status == TOO_MANY) {
                                pause(BUSY_PAUSE_MILLISECONDS);
                            }
                        }
                    } catch (IOException e) {
                        failures.add(e);
                    }
                });
                thread.start();
                threads.add(thread);
            }
            while (System.nanoTime() - start < time.toNanos()
                    && threads.stream().anyMatch(Thread::isAlive)) {
                pause(SAMPLE_MILLISECONDS);
                samples.add(Sample.of(watch));
            }
            over.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            if (!failures.isEmpty()) {
                throw failures.remove();
            }
            Sample last = Sample.of(watch);
            samples.add(last);
            List<Sample> early = fifth(samples, 1);
            List<Sample> late = fifth(samples, FIFTHS - 1);
            return new ServeLoad(
                    times.size(),
                    took,
                    List.copyOf(times),
                    statuses,
                    Duration.ofNanos(Math.round(1e9 * (last.cpuSeconds - first.cpuSeconds))),
                    early.stream().mapToDouble(Sample::resident).average().orElse(Double.NaN),
                    late.stream().mapToDouble(Sample::resident).average().orElse(Double.NaN),
                    early.stream().mapToDouble(Sample::heap).min().orElse(Double.NaN),
                    late.stream().mapToDouble(Sample::heap).min().orElse(Double.NaN));
        } catch (IOException e) {
            throw new RedrlException("The server at " + url + " did not answer: " + Reason.of(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static List<Sample> fifth(List<Sample> samples, int which) {
        return samples.subList(samples.size() * which / FIFTHS, Math.max(1, samples.size() * (which + 1) / FIFTHS));
    }

    private static void pause(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A connection that is kept: Java's own client would take as much of the processor as the server. */
    private static final class Connection implements AutoCloseable {
        private static final int STATUS_FROM = "HTTP/1.1 ".length();
        private static final int STATUS_TO = STATUS_FROM + 3;

        private final Socket socket;
        private final InputStream in;
        private final String host;

        Connection(URI url) throws IOException {
            host = url.getAuthority();
            socket = new Socket(url.getHost(), url.getPort() < 0 ? 80 : url.getPort());
            socket.setTcpNoDelay(true);
            in = new BufferedInputStream(socket.getInputStream());
        }

        Answer ask(String method, String path, byte[] body) throws IOException {
            byte[] head = (method + " " + path + " HTTP/1.1\r\nHost: " + host
                            + "\r\nContent-Type: image/png\r\nContent-Length: " + body.length + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
            byte[] request = new byte[head.length + body.length];
            System.arraycopy(head, 0, request, 0, head.length);
            System.arraycopy(body, 0, request, head.length, body.length);
            socket.getOutputStream().write(request);
            int status = Integer.parseInt(line().substring(STATUS_FROM, STATUS_TO));
            int length = -1;
            for (String header = line(); !header.isEmpty(); header = line()) {
                if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                    length = Integer.parseInt(
                            header.substring("content-length:".length()).strip());
                }
            }
            return new Answer(
                    status, new String(length < 0 ? chunks() : in.readNBytes(length), StandardCharsets.UTF_8));
        }

        private byte[] chunks() throws IOException {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (int length = -1; length != 0; ) {
                length = Integer.parseInt(line(), 16);
                all.writeBytes(in.readNBytes(length));
                line();
            }
            return all.toByteArray();
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new IOException("the connection was closed");
                }
                line.append((char) c);
            }
            return line.toString().strip();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
