/** Test doubles and readers that several packages' tests use. */
@NullMarked
package io.redrl.testing;

import org.jspecify.annotations.NullMarked;
