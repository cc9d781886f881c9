package io.redrl.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class UserHomeTest {
    @Test
    void homeCountsBeforeTheListOfUsers() {
        assertThat(UserHome.path("/data/me", "/home/me", false)).contains(Path.of("/data/me"));
    }

    @Test
    void aUserWithoutANameHasTheHomeThatTheEnvironmentSays() {
        assertThat(UserHome.path("/data/me", "?", false)).contains(Path.of("/data/me"));
    }

    @Test
    void aUserWithoutANameAndWithoutAnEnvironmentHasNoHome() {
        assertThat(UserHome.path(null, "?", false)).isEmpty();
        assertThat(UserHome.path("", " ", false)).isEmpty();
        assertThat(UserHome.path(null, null, false)).isEmpty();
    }

    @Test
    void aHomeThatIsNoFullPathDoesNotCount() {
        assertThat(UserHome.path("me", "/home/me", false)).contains(Path.of("/home/me"));
    }

    @Test
    void onWindowsTheListOfUsersCounts() {
        assertThat(UserHome.path("/c/me", "C:/Users/me", true)).contains(Path.of("C:/Users/me"));
    }
}
