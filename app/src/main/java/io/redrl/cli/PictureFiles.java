package io.redrl.cli;

import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import io.redrl.identify.Identification;
import io.redrl.identify.Identification.Saliency;
import io.redrl.identify.Identification.Victim;
import io.redrl.identify.Residual;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Pictures of identified images as PNG files in one folder, under names made from the images' and never the same twice. A list
 * of them lies beside them, so that they are not taken for images to identify another time.
 */
final class PictureFiles {
    /** The list of the pictures in its folder. */
    static final String LIST = "_pictures.json";

    private static final List<String> KINDS = List.of("repaired", "perturbation", "saliency");

    private final Optional<Path> folder;
    private final Map<String, String> stems = new LinkedHashMap<>();
    private boolean written;

    /**
     * What a folder holds.
     *
     * @param pictures names of files that {@code redrl identify} has written or was going to write
     */
    record Listed(Set<String> pictures) {}

    /**
     * @param folder where; empty if nobody wants pictures
     * @param images all that are identified
     * @throws RedrlException if a picture would overwrite one of them
     */
    PictureFiles(Optional<Path> folder, List<Path> images) {
        this.folder = folder;
        Set<String> taken = new TreeSet<>();
        FileNames.of(images.stream().map(Path::toString).toList())
                .forEach((image, name) -> stems.put(image, free(name, taken)));
        Set<Path> targets = folder.stream()
                .flatMap(into -> names().stream().map(into::resolve))
                .map(PictureFiles::real)
                .collect(Collectors.toSet());
        for (Path image : images) {
            Checks.require(
                    !targets.contains(real(image)),
                    "the pictures of --out would overwrite %s, which is to be identified: name another folder",
                    image);
        }
    }

    private static String free(String name, Set<String> taken) {
        String stem = name.replaceFirst("\\.[^./]*$", "").replaceAll("[/\\\\:]+", "-");
        String free = stem;
        for (int i = 2; !taken.add(free); i++) {
            free = stem + "-" + i;
        }
        return free;
    }

    private Set<String> names() {
        return stems.values().stream()
                .flatMap(stem -> KINDS.stream().map(what -> name(stem, what)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String name(String stem, String what) {
        return stem + "-" + what + ".png";
    }

    /** The images among {@code files} that are no pictures of an earlier call, unless somebody named them one by one. */
    static List<Path> withoutOwn(List<Path> files, List<Path> named) {
        Map<Path, Set<String>> lists = new HashMap<>();
        return files.stream()
                .filter(file -> named.contains(file)
                        || !lists.computeIfAbsent(file.toAbsolutePath().getParent(), PictureFiles::listed)
                                .contains(String.valueOf(file.getFileName())))
                .toList();
    }

    private static Set<String> listed(Path folder) {
        Path list = folder.resolve(LIST);
        try {
            return Files.isRegularFile(list) ? Json.read(list, Listed.class).pictures() : Set.of();
        } catch (RedrlException e) { // a file of somebody else's that happens to have this name
            return Set.of();
        }
    }

    /** Writes what there is; says what under which name. Nothing if no folder is wanted. */
    Map<String, String> write(Identification identification) {
        Map<String, String> files = new LinkedHashMap<>();
        if (folder.isEmpty()) {
            return files;
        }
        String stem = stems.getOrDefault(identification.name(), "image");
        write(folder.get(), stem, "repaired", identification.repaired(), files);
        write(folder.get(), stem, "perturbation", identification.residual().map(Residual::magnified), files);
        write(
                folder.get(),
                stem,
                "saliency",
                identification.victim().flatMap(Victim::saliency).map(Saliency::overlay),
                files);
        return files;
    }

    /** The folder, if anything was written into it. */
    Optional<Path> written() {
        return written ? folder : Optional.empty();
    }

    private void write(Path folder, String stem, String what, Optional<Image> picture, Map<String, String> files) {
        picture.ifPresent(found -> {
            if (!written) {
                Set<String> all = Stream.concat(listed(folder).stream(), names().stream())
                        .collect(Collectors.toCollection(TreeSet::new));
                Json.write(folder.resolve(LIST), new Listed(all));
            }
            Path file = folder.resolve(name(stem, what));
            // Pixel by pixel: a repaired image is to be looked at by networks too.
            ImageCodec.writePng(file, found);
            written = true;
            files.put(what, file.toString());
        });
    }

    /** The same for all names of one file, whether it is there or not. */
    static Path real(Path file) {
        try {
            return file.toRealPath();
        } catch (java.io.IOException e) {
            Path absolute = file.toAbsolutePath().normalize();
            Path parent = absolute.getParent();
            return parent != null && Files.exists(parent) ? real(parent).resolve(absolute.getFileName()) : absolute;
        }
    }
}
