package io.redrl.tensor;

import io.redrl.base.AtomicFiles;
import io.redrl.base.RedrlException;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.jar.JarEntry;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bytedeco.javacpp.ClassProperties;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/**
 * LibTorch's native libraries, loaded so that no other LibTorch of the machine gets in between. What this library offers
 * calls {@link #load} before it needs them ({@link Scopes}, {@link Tensors} and others when they are first used); a program
 * that uses LibTorch's own classes before any of it, or constructs a network itself, calls it first.
 *
 * <p>JavaCPP alone unpacks and loads one library after the other, {@code torch} before the {@code torch_cpu} that it
 * needs. The linker then takes a {@code torch_cpu} from {@code LD_LIBRARY_PATH} or from the system's folders (Debian's
 * python3-torch), which does not fit our {@code c10}, and the process dies. Here everything is unpacked first, and each
 * library is loaded by its path before the first that needs it: the linker has nothing left to look for.
 */
public final class LibTorch {
    /** In the order in which they need each other; what is not listed comes first. */
    private static final List<String> LAST = List.of("c10", "torch_cpu", "c10_cuda", "torch_cuda", "torch");

    private static final Pattern LIBRARY = Pattern.compile(".*\\.(so(\\.\\d+)*|dylib|jnilib|dll)");

    private static final AtomicBoolean LOADED = new AtomicBoolean();

    private LibTorch() {}

    /**
     * Loads the libraries unless they are loaded. Processes that unpack them into the same folder wait for each other.
     *
     * @throws RedrlException if there is no folder to unpack them into, no room, or no libraries for this kind of machine
     */
    public static synchronized void load() {
        if (LOADED.get()) {
            return;
        }
        Path folder = NativesFolder.choose();
        boolean gpu = LibTorch.class.getResource("/org/bytedeco/pytorch/linux-x86_64-gpu/") != null;
        if (gpu) { // of the two sets of libraries that presets may have, the one with CUDA
            System.setProperty("org.bytedeco.javacpp.platform.extension", "-gpu");
        }
        System.setProperty(NativesFolder.PROPERTY, folder.toString());
        try (FileChannel channel = FileChannel.open(
                        folder.resolve(".redrl-lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            List<Class<?>> presets = List.of(
                    org.bytedeco.openblas.presets.openblas_nolapack.class,
                    org.bytedeco.openblas.presets.openblas.class,
                    org.bytedeco.pytorch.presets.torch.class);
            List<List<String>> files = new ArrayList<>();
            for (Class<?> each : presets) {
                files.add(unpack(each));
            }
            for (int i = 0; i < presets.size(); i++) {
                loadInOrder(presets.get(i), files.get(i));
            }
            Loader.load(torch.class);
        } catch (IOException e) {
            throw AtomicFiles.writeFailure(folder, e);
        } catch (UnsatisfiedLinkError e) {
            throw new RedrlException(
                    "LibTorch's libraries in %s cannot be loaded: %s".formatted(folder, e.getMessage()), e);
        }
        LOADED.set(true);
    }

    /** Unpacks the library that {@code presets} is about and those beside it, whose file names are returned. */
    private static List<String> unpack(Class<?> presets) throws IOException {
        ClassProperties properties = properties(presets);
        URL[] libraries = Loader.findLibrary(presets, properties, properties.getProperty("platform.library"), false);
        URL main = Arrays.stream(libraries)
                .filter(LibTorch::isBundled)
                .findFirst()
                .orElseThrow(() -> new RedrlException(("LibTorch's libraries for this kind of machine (%s) are missing:"
                                + " there are some for linux-x86_64, macosx-arm64, macosx-x86_64 and windows-x86_64."
                                + " Build on the machine itself, or with -Dnative.platform=%s")
                        .formatted(Loader.getPlatform(), Loader.getPlatform())));
        if (!(main.openConnection() instanceof JarURLConnection connection)) {
            try (Stream<Path> beside =
                    Files.list(Path.of(URI.create(main.toString())).resolveSibling("."))) {
                return beside.map(file -> String.valueOf(file.getFileName())).toList(); // no jar: used where they lie
            }
        }
        String entry = connection.getEntryName();
        String inside = entry.substring(0, entry.lastIndexOf('/') + 1);
        List<String> names = connection.getJarFile().stream()
                .map(JarEntry::getName)
                .filter(name -> name.startsWith(inside) && LIBRARY.matcher(name).matches())
                .map(name -> name.substring(inside.length()))
                .toList();
        for (String name : names) {
            Loader.cacheResource(new URL(main, name));
        }
        return names;
    }

    /**
     * Loads the libraries that the one of {@code presets} needs, each before those that need it. Where CUDA is not part of
     * this build, JavaCPP would still look for its libraries on the machine, and find those of another LibTorch: their
     * names are given to a library that is loaded already.
     */
    private static void loadInOrder(Class<?> presets, List<String> files) throws IOException {
        ClassProperties properties = properties(presets);
        List<String> names = Stream.concat(
                        properties.get("platform.preload").stream(), properties.get("platform.link").stream())
                .sorted(Comparator.comparingInt(LAST::indexOf))
                .toList();
        boolean cuda = false;
        List<String> absent = new ArrayList<>();
        List<String> present = new ArrayList<>();
        for (String name : names) {
            // To look for all of CUDA in all jars would take a second.
            String plain = name.split("[@#:!]", 2)[0];
            boolean bundled = files.stream().anyMatch(file -> file.matches("(lib)?" + Pattern.quote(plain) + "\\..*"));
            URL[] urls = bundled ? Loader.findLibrary(presets, properties, name, false) : new URL[0];
            if (urls.length == 0) {
                absent.add(name);
            } else {
                present.add(Loader.loadLibrary(
                        presets, Arrays.stream(urls).filter(LibTorch::isBundled).toArray(URL[]::new), name));
                cuda |= name.equals("torch_cuda");
            }
        }
        if (!cuda && !present.isEmpty()) {
            URL[] standIn = {Path.of(present.get(0)).toUri().toURL()};
            for (String name : absent) {
                Loader.loadLibrary(presets, standIn, name);
            }
        }
    }

    private static ClassProperties properties(Class<?> presets) {
        return Loader.loadProperties(presets, Loader.loadProperties(), true);
    }

    /** Whether a library comes with JavaCPP's jars rather than from the system's folders. */
    private static boolean isBundled(URL url) {
        return url.getPath().contains("/org/bytedeco/");
    }
}
