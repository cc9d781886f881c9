package io.redrl.web;

import java.util.concurrent.atomic.AtomicLong;

/** Memory that bodies of requests share. */
final class UploadMemory {
    private final long most;
    private final AtomicLong used = new AtomicLong();

    UploadMemory(long most) {
        this.most = most;
    }

    /** Takes some unless it is not there. */
    boolean take(long bytes) {
        if (used.addAndGet(bytes) <= most) {
            return true;
        }
        used.addAndGet(-bytes);
        return false;
    }

    /** Gives back what was taken. */
    void give(long bytes) {
        used.addAndGet(-bytes);
    }

    /** In bytes. */
    long used() {
        return used.get();
    }
}
