package io.redrl.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.RedrlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {
    @TempDir
    private Path folder;

    private Access access(String tokens) throws IOException {
        return Access.withTokens(Files.writeString(folder.resolve("tokens"), tokens), Set.of());
    }

    @Test
    void everyTokenOfTheFileOpens() throws IOException {
        Access access = access("# first\n  0123456789abcdef  \n\nfedcba9876543210\r\n");
        assertThat(access.needsToken()).isTrue();
        access.requireToken("Bearer 0123456789abcdef");
        access.requireToken("bearer  fedcba9876543210 ");
        for (String wrong : new String[] {
            null,
            "",
            "Bearer",
            "Bearer # first",
            "Basic 0123456789abcdef",
            "0123456789abcdef",
            "Bearer 0123456789abcdeF"
        }) {
            assertThatThrownBy(() -> access.requireToken(wrong)).isInstanceOf(Problem.Refusal.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing\n", "short\n", "has spaces in between it\n", "0123456789abcdef\nshort\n"})
    void weakTokensAreRefusedWithoutBeingTold(String tokens) {
        assertThatThrownBy(() -> access(tokens))
                .isInstanceOf(RedrlException.class)
                .message()
                .contains("token")
                .doesNotContain("short", "spaces in between");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> Access.withTokens(folder.resolve("gone"), Set.of()))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("gone");
        assertThatThrownBy(() -> Access.withTokens(folder, Set.of())).isInstanceOf(RedrlException.class);
    }

    @Test
    void atLoopbackOnlyItsOwnNamesAreAnswered() {
        Access access = Access.open(Access.hostsOf("127.0.0.1"));
        for (String own : new String[] {"localhost", "LOCALHOST:8080", "127.0.0.1:1", "[::1]:8080"}) {
            assertThatCode(() -> access.requireHost(own)).as(own).doesNotThrowAnyException();
        }
        for (String other :
                new String[] {null, "", "evil.example", "localhost.evil.example", "[::2]", "127.0.0.1:1:2"}) {
            assertThatThrownBy(() -> access.requireHost(other)).as(other).isInstanceOf(Problem.Refusal.class);
        }
        assertThat(Access.hostsOf("0.0.0.0")).isEmpty();
        assertThatCode(() -> Access.open(Set.of()).requireHost("any.example")).doesNotThrowAnyException();
    }

    @Test
    void pagesOfOthersMayNotAsk() {
        assertThatThrownBy(() -> Access.requireOwnPage("cross-site")).isInstanceOf(Problem.Refusal.class);
        Access.requireOwnPage("same-origin");
        Access.requireOwnPage(null);
    }
}
