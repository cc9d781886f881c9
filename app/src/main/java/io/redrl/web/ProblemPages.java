package io.redrl.web;

import io.redrl.base.Json;
import java.time.Duration;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Answers of the web server itself, to requests that are none: as problems, too, instead of its own pages. */
final class ProblemPages extends ErrorHandler {
    private static final Map<Integer, String> DETAILS = Map.of(
            400, "This is not a request that can be understood",
            408, "The request took too long to arrive",
            414, "The address is too long",
            431, "The request's headers are too large");

    private final RequestLog log;
    private final ServeMetrics metrics;

    ProblemPages(RequestLog log, ServeMetrics metrics) {
        this.log = log;
        this.metrics = metrics;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        String id = RequestLog.newId();
        Problem problem = Problem.of(
                        status,
                        DETAILS.getOrDefault(
                                status, status < 500 ? "The request was refused" : "Something went wrong here"))
                .of(id);
        SecurityHeaders.ALL.forEach((name, value) -> response.getHeaders().put(name, value));
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problem.MEDIA_TYPE);
        response.getHeaders().put(RequestLog.HEADER, id);
        metrics.answered("-", status, Duration.ZERO);
        log.write(id, Request.getRemoteAddr(request), "-", "-", status, Duration.ZERO, 0, 0);
        Content.Sink.write(response, true, Json.line(problem), callback);
        return true;
    }
}
