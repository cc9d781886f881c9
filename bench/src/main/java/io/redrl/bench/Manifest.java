package io.redrl.bench;

import io.redrl.base.Json;
import io.redrl.evaluation.RunEnvironment;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is written beside measured numbers.
 *
 * @param finished when, in ISO 8601
 * @param environment the machine, the versions, LibTorch's threads
 * @param process environment variables that change the speed
 * @param settings what was measured
 */
record Manifest(
        String finished, RunEnvironment environment, Map<String, String> process, Map<String, Object> settings) {
    static void write(Path folder, Map<String, Object> settings) {
        Map<String, String> process = new TreeMap<>(System.getenv());
        process.keySet().removeIf(name -> !name.matches("(OMP|OPENBLAS|MALLOC|REDRL)_.*"));
        Json.write(
                folder.resolve("manifest.json"),
                new Manifest(
                        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                        RunEnvironment.here(Path.of(System.getProperty("redrl.root", ".")), "cpu"),
                        process,
                        new TreeMap<>(settings)));
    }
}
