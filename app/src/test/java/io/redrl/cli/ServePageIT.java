package io.redrl.cli;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.FileChooser;
import com.microsoft.playwright.JSHandle;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;
import com.microsoft.playwright.options.ReducedMotion;
import io.redrl.base.Json;
import io.redrl.image.ImageCodec;
import io.redrl.web.Access;
import io.redrl.web.ServeLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The page of {@code redrl serve} in the system's Chromium, without a screen. Skipped where there is none. */
class ServePageIT {
    private static final int PATIENCE = 60_000;

    @SuppressWarnings("NonFinalStaticField") // JUnit's way: one browser for all tests.
    private static @Nullable Browser browser;

    @SuppressWarnings("NonFinalStaticField")
    private static @Nullable Playwright playwright;

    @SuppressWarnings("NonFinalStaticField")
    private static OwnServer server;

    @TempDir
    private Path folder;

    private BrowserContext context;
    private Page page;
    private final List<String> requests = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();

    private static Optional<Path> chromium() {
        return Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    @BeforeAll
    static void startEverything() {
        assumeThat(chromium()).as("Chromium (Debian: apt-get install chromium)").isPresent();
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE);
        server = new OwnServer();
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        playwright = Playwright.create(new Playwright.CreateOptions().setEnv(environment));
        List<String> arguments = new ArrayList<>(List.of("--disable-background-networking"));
        if (System.getProperty("user.name").equals("root")) {
            arguments.add("--no-sandbox");
        }
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(chromium().orElseThrow())
                        .setArgs(arguments));
    }

    @AfterAll
    static void stopEverything() {
        if (browser != null) {
            browser.close();
        }
        if (playwright != null) {
            playwright.close();
        }
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void openThePage() {
        open(server, new Browser.NewContextOptions().setViewportSize(1280, 900));
    }

    private void open(OwnServer asked, Browser.NewContextOptions options) {
        context = Objects.requireNonNull(browser)
                .newContext(options.setReducedMotion(ReducedMotion.REDUCE).setAcceptDownloads(true));
        context.setDefaultTimeout(PATIENCE);
        page = context.newPage();
        page.onRequest(request -> requests.add(request.url()));
        page.onPageError(errors::add);
        page.navigate("http://127.0.0.1:" + asked.port() + "/");
    }

    @AfterEach
    void nothingElseWasAskedAndNothingWentWrong() {
        context.close();
        assertThat(errors).isEmpty();
        assertThat(requests)
                .isNotEmpty()
                .allMatch(url -> url.matches("(http://127\\.0\\.0\\.1:\\d+/.*|blob:http://127\\.0\\.0\\.1.*|data:.*)"));
    }

    private static FilePayload file(String name, byte[] content) {
        return new FilePayload(name, "image/png", content);
    }

    private void choose(FilePayload... files) {
        page.locator("#files").setInputFiles(files);
    }

    private Locator items() {
        return page.locator(".item");
    }

    private void awaitDone(int images) {
        soon(items()).hasCount(images);
        soon(page.locator("#cancel")).isDisabled();
    }

    private static LocatorAssertions soon(Locator locator) {
        return assertThat(locator);
    }

    /** As a hand would: files on a DataTransfer, let go over the page. */
    private void drop(Map<String, byte[]> files) {
        JSHandle transfer = page.evaluateHandle(
                "files => { const data = new DataTransfer(); for (const [name, content] of files) data.items.add("
                        + "new File([Uint8Array.from(atob(content), c => c.charCodeAt(0))], name, {type: 'image/png'})); return data; }",
                files.entrySet().stream()
                        .map(entry ->
                                List.of(entry.getKey(), Base64.getEncoder().encodeToString(entry.getValue())))
                        .toList());
        page.dispatchEvent("#drop", "drop", Map.of("dataTransfer", transfer));
    }

    @Test
    void bothVerdictsOfADroppedPairAreSeen() {
        drop(new java.util.TreeMap<>(Map.of("attacked.png", OwnServer.attacked(), "clean.png", OwnServer.clean())));
        awaitDone(2);
        soon(page.locator("#status")).containsText("2 images done: 1 attacked, 1 clean");
        items().filter(new Locator.FilterOptions().setHasText("attacked.png")).click();
        soon(page.locator(".verdict")).hasText(Pattern.compile("free patch, (L∞|ε) about \\d+/255; .* %"));
        soon(page.locator(".verdict")).hasClass(Pattern.compile("attacked"));
        soon(page.locator("article")).containsText("In 95 of 100 cases");
        soon(page.locator("article")).containsText("a changed rectangle");
        items().filter(new Locator.FilterOptions().setHasText("clean.png")).click();
        soon(page.locator(".verdict")).hasText(Pattern.compile("Clean; .* %"));
        // Two beside each other.
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Show attacked.png beside the other"))
                .click();
        soon(page.locator("article")).hasCount(2);
        assertThat(page.locator("article").nth(0).boundingBox().y)
                .isEqualTo(page.locator("article").nth(1).boundingBox().y);
    }

    @Test
    void theSlidersShowWhatTheServerFound() throws IOException {
        byte[] image = OwnServer.small();
        choose(file("small.png", image));
        awaitDone(1);
        JsonNode row = OwnServer.json(server.post(OwnServer.IDENTIFY + "?pictures", OwnServer.PNG, image))
                .get("images")
                .get(0);
        Locator gain = page.getByLabel("How many times the perturbation is magnified");
        gain.waitFor();
        // At the gain that the server uses, the page draws the same picture.
        Download perturbation =
                page.waitForDownload(() -> page.getByText("Save perturbation").click());
        String uri = row.get("pictures").get("perturbation").asString();
        byte[] expected = Base64.getDecoder().decode(uri.substring(uri.indexOf(',') + 1));
        assertThat(ImageCodec.read(perturbation.path()).image())
                .isEqualTo(ImageCodec.decode(expected, "expected").image());
        assertThat(perturbation.suggestedFilename()).isEqualTo("small-perturbation.png");
        gain.focus();
        page.keyboard().press("End");
        soon(page.locator("output")).hasText("×64");
        page.keyboard().press("Home");
        soon(page.locator("output")).hasText("×1");
        Locator before = page.getByLabel("How much of the image is shown before it is repaired");
        before.focus();
        page.keyboard().press("End");
        assertThat(page.locator(".top").getAttribute("style")).contains("100%");
        if (!row.get("box").isNull()) {
            soon(page.locator("svg rect")).hasCount(2);
        }
        soon(page.locator("article")).containsText("victim vgg8");
        soon(page.locator("article")).containsText("of the repaired image");
    }

    @Test
    void everythingCanBeDownloaded() throws IOException {
        choose(file("my photo.png", OwnServer.small()));
        awaitDone(1);
        Download json =
                page.waitForDownload(() -> page.getByText("Result (JSON)").click());
        assertThat(json.suggestedFilename()).isEqualTo("my_photo.json");
        JsonNode result = Json.parse(Files.readString(json.path(), StandardCharsets.UTF_8), JsonNode.class, "download");
        assertThat(result.get("images").get(0).get("image").asString()).isEqualTo("my photo.png");
        Download html = page.waitForDownload(() -> page.getByText("Page (HTML)").click());
        assertThat(Files.readString(html.path(), StandardCharsets.UTF_8))
                .contains("<title>redrl identify</title>", "my photo.png");
        Download repaired =
                page.waitForDownload(() -> page.getByText("Save repaired").click());
        assertThat(ImageCodec.read(repaired.path()).image().width()).isEqualTo(32);
    }

    @Test
    void filtersAndPixelsComeWhereAsked() {
        page.getByText("Settings").click();
        page.getByLabel("Also show which filters").check();
        page.getByLabel("Of my images I expect").selectOption("0.9");
        choose(file("small.png", OwnServer.small()));
        awaitDone(1);
        soon(page.locator("article")).containsText("filters targeted");
        soon(page.getByAltText("Pixels that target the victim of small.png")).isVisible();
    }

    @Test
    void ofABrokenFileItSaysWhatToDo() {
        byte[] png = OwnServer.clean();
        choose(
                file("broken.png", "no image".getBytes(StandardCharsets.UTF_8)),
                file("cut.png", java.util.Arrays.copyOf(png, png.length / 2)));
        awaitDone(2);
        soon(page.locator("#status")).containsText("2 not read");
        items().nth(0).click();
        soon(page.locator("article")).containsText("broken.png is not an image that can be read here");
        soon(page.locator("article")).containsText("Save it as PNG or JPEG first");
        items().nth(1).click();
        soon(page.locator("article")).containsText("see whether it is damaged");
        choose(file("good.png", png));
        awaitDone(3);
        soon(page.locator("#status")).containsText("1 clean, 2 not read");
    }

    @Test
    void twentyAtOnce() {
        choose(IntStream.range(0, 20)
                .mapToObj(i -> file(i + ".png", i % 2 == 0 ? OwnServer.clean() : OwnServer.attacked()))
                .toArray(FilePayload[]::new));
        awaitDone(20);
        soon(page.locator("#status")).containsText("20 images done: 10 attacked, 10 clean");
        assertThat(page.locator("#bar").getAttribute("max")).isEqualTo("20");
    }

    @Test
    void pastedImagesAreJudged() {
        page.evaluate(
                "content => { const data = new DataTransfer(); data.items.add(new File([Uint8Array.from(atob(content), c => c.charCodeAt(0))],"
                        + " 'image.png', {type: 'image/png'}));"
                        + " document.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true})); }",
                Base64.getEncoder().encodeToString(OwnServer.attacked()));
        awaitDone(1);
        soon(page.locator(".verdict")).containsText("free patch");
        page.evaluate("() => document.dispatchEvent(new ClipboardEvent('paste', {clipboardData: new DataTransfer()}))");
        soon(page.locator("#trouble")).containsText("There was no file in that");
    }

    /** Answers are held back, so that there is something to cancel. */
    @Test
    void whatTakesTooLongCanBeCancelled() {
        ConcurrentLinkedQueue<Route> held = new ConcurrentLinkedQueue<>();
        page.route("**/api/v1/identify*", held::add);
        choose(IntStream.range(0, 12)
                .mapToObj(i -> file(i + ".png", OwnServer.clean()))
                .toArray(FilePayload[]::new));
        soon(page.locator("#status")).containsText("0 of 12 images");
        soon(page.getByText("is being judged")).hasCount(4);
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Cancel"))
                .click();
        soon(page.locator("#status")).containsText("12 images done: 12 cancelled");
        assertThat(held).as("the others were never sent").hasSize(4);
        page.unroute("**/api/v1/identify*");
        choose(file("after.png", OwnServer.clean()));
        awaitDone(13);
        soon(page.locator("#status")).containsText("1 clean, 12 cancelled");
        page.getByText("Remove all").click();
        soon(items()).hasCount(0);
    }

    @Test
    void theFirstOfTheListIsShownWhoeverIsAnsweredFirst() {
        ConcurrentLinkedQueue<Route> held = new ConcurrentLinkedQueue<>();
        page.route("**/api/v1/identify*", route -> {
            if (held.isEmpty()) {
                held.add(route);
            } else {
                route.resume();
            }
        });
        choose(file("first.png", OwnServer.clean()), file("second.png", OwnServer.attacked()));
        soon(page.locator("article h2")).hasText("second.png");
        held.remove().resume();
        soon(page.locator("article h2")).hasText("first.png");
        awaitDone(2);
        soon(page.locator("article")).hasCount(1);
    }

    @Test
    void whatWasRemovedIsNotShownWhenItsAnswerComes() {
        ConcurrentLinkedQueue<Route> held = new ConcurrentLinkedQueue<>();
        page.route("**/api/v1/identify*", held::add);
        choose(file("removed.png", OwnServer.clean()));
        soon(page.getByText("is being judged")).hasCount(1);
        page.getByText("Remove all").click();
        page.unroute("**/api/v1/identify*");
        choose(file("kept.png", OwnServer.clean()));
        awaitDone(1);
        soon(page.locator("article h2")).hasText("kept.png");
    }

    @Test
    void aBusyServerIsAskedAgainAndAMissingOneIsNamed() {
        List<Request> asked = new ArrayList<>();
        page.route("**/api/v1/identify*", route -> {
            asked.add(route.request());
            if (asked.size() == 1) {
                route.fulfill(new Route.FulfillOptions()
                        .setStatus(429)
                        .setHeaders(Map.of("Retry-After", "1"))
                        .setBody("{\"detail\":\"busy\"}"));
            } else if (asked.size() == 2) {
                route.resume();
            } else {
                route.abort();
            }
        });
        choose(file("a.png", OwnServer.clean()));
        awaitDone(1);
        soon(page.locator("#status")).containsText("1 clean");
        choose(file("b.png", OwnServer.clean()));
        awaitDone(2);
        items().nth(1).click();
        soon(page.locator("article")).containsText("Is redrl serve still running?");
    }

    @Test
    void theKeyboardIsEnough() throws IOException {
        Path image = Files.write(folder.resolve("attacked.png"), OwnServer.attacked());
        Path other = Files.write(folder.resolve("clean.png"), OwnServer.clean());
        // Listened for from the start: asked for with the key, the browser may open its own dialog first.
        ConcurrentLinkedQueue<FileChooser> choosers = new ConcurrentLinkedQueue<>();
        page.onFileChooser(choosers::add);
        page.keyboard().press("Tab");
        soon(page.getByText("Skip to the results")).isFocused();
        page.keyboard().press("Tab");
        soon(page.getByText("Choose images")).isFocused();
        page.keyboard().press("Space");
        page.waitForCondition(() -> !choosers.isEmpty());
        choosers.remove().setFiles(new Path[] {image, other});
        awaitDone(2);
        for (int i = 0; i < 10 && !focused("class").contains("item"); i++) {
            page.keyboard().press("Tab");
        }
        assertThat(focused("class")).isEqualTo("item");
        page.keyboard().press("Enter");
        soon(page.locator(".verdict")).containsText("free patch");
        page.keyboard().press("ArrowDown");
        page.keyboard().press("Space");
        soon(page.locator(".verdict")).containsText("Clean");
        assertThat(focused("class")).as("focus stays where it was").isEqualTo("item");
        boolean slider = false;
        for (int i = 0; i < 10 && !slider; i++) {
            page.keyboard().press("Tab");
            slider = focused("type").equals("range");
        }
        assertThat(slider).isTrue();
        page.keyboard().press("ArrowRight");
        assertThat(page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle"))
                .isNotEqualTo("none");
    }

    private String focused(String attribute) {
        return String.valueOf(page.evaluate("name => document.activeElement.getAttribute(name) || ''", attribute));
    }

    @Test
    void everythingThatIsUsedHasAName() {
        choose(file("attacked.png", OwnServer.attacked()));
        awaitDone(1);
        assertThat(
                        page.evaluate(
                                "() => [...document.querySelectorAll('button, select, input:not([hidden]), progress, img, canvas, article, nav, section')]"
                                        + ".filter(e => e.offsetParent !== null).filter(e => !(e.ariaLabel || e.alt !== undefined || e.innerText"
                                        + " || (e.labels && e.labels.length) || e.getAttribute('aria-labelledby'))).map(e => e.outerHTML)"))
                .isEqualTo(List.of());
        assertThat(page.locator("[role=status]").count()).isEqualTo(1);
        assertThat(page.locator("[role=alert]").count()).isEqualTo(1);
        assertThat(page.locator("html").getAttribute("lang")).isEqualTo("en");
    }

    /** WCAG's contrast of all text against what is behind it, in both schemes. */
    @Test
    void textCanBeReadInLightAndDark() {
        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            context.close();
            open(
                    server,
                    new Browser.NewContextOptions().setViewportSize(1280, 900).setColorScheme(scheme));
            choose(file("a.png", OwnServer.attacked()), file("c.png", OwnServer.clean()), file("b.png", new byte[] {1
            }));
            awaitDone(3);
            assertThat(page.evaluate(CONTRAST)).as(scheme.name()).isEqualTo(List.of());
        }
    }

    private static final String CONTRAST = """
            () => {
              const rgb = text => (text.match(/[\\d.]+/g) || []).map(Number);
              const light = ([r, g, b]) => { const f = v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
                return .2126 * f(r) + .7152 * f(g) + .0722 * f(b); };
              const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
                if (c.length === 3 || c[3] > 0) return c; } return [255, 255, 255]; };
              const bad = [];
              for (const e of document.querySelectorAll('body *')) {
                if (e.offsetParent === null || e.disabled || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
                const a = light(rgb(getComputedStyle(e).color)), b = light(behind(e));
                const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
                if (ratio < 4.5) bad.push(e.className + ': ' + e.textContent.slice(0, 30) + ' ' + ratio.toFixed(2));
              }
              return bad;
            }
            """;

    @Test
    void aPhoneIsWideEnough() {
        context.close();
        open(
                server,
                new Browser.NewContextOptions()
                        .setViewportSize(375, 700)
                        .setHasTouch(true)
                        .setIsMobile(true));
        choose(
                file("a-file-with-a-very-long-name-that-goes-on-and-on-and-does-not-end.png", OwnServer.attacked()),
                file("clean.png", OwnServer.clean()));
        awaitDone(2);
        page.locator(".beside").nth(1).tap();
        soon(page.locator("article")).hasCount(2);
        assertThat(page.evaluate("() => document.documentElement.scrollWidth")).isEqualTo(375);
        assertThat(page.evaluate("() => [...document.querySelectorAll('button')].filter(e => e.offsetParent !== null)"
                        + ".every(e => e.getBoundingClientRect().height >= 40)"))
                .isEqualTo(true);
        page.navigate("http://127.0.0.1:" + server.port() + "/api/v1");
        soon(page.getByText("Identify the attack on one image or several")).isVisible();
        assertThat(page.evaluate("() => document.documentElement.scrollWidth")).isEqualTo(375);
    }

    @Test
    void aTokenIsAskedForOnce() throws IOException {
        Path tokens = Files.writeString(folder.resolve("tokens"), "a-token-for-the-page-of-serve\n");
        try (OwnServer closed = new OwnServer(ServeLimits.DEFAULTS, Access.withTokens(tokens, Set.of()))) {
            context.close();
            open(closed, new Browser.NewContextOptions());
            Locator token = page.getByLabel("This server answers those who know its token");
            token.fill("another-token-than-the-one");
            page.keyboard().press("Enter");
            soon(page.locator("#trouble")).containsText("not the token");
            token.fill("a-token-for-the-page-of-serve");
            page.keyboard().press("Enter");
            soon(token).isHidden();
            choose(file("attacked.png", OwnServer.attacked()));
            awaitDone(1);
            soon(page.locator(".verdict")).containsText("free patch");
        }
    }
}
