@echo off
rem Starts redrl on Windows. In a release the jars lie in lib\; in a source tree, run `mvn -DskipTests package` first.
rem
rem   REDRL_THREADS   threads for LibTorch; default: all cores
rem   REDRL_JAVA_OPTS more options for the JVM
rem   REDRL_HOME      cache of data sets; default: .cache\redrl in the user's folder
setlocal DisableDelayedExpansion
set "root=%~dp0"
set "root=%root:~0,-1%"

set "classes=%root%\lib\*"
if exist "%root%\lib\" goto java
set "classes=%root%\app\target\lib\*;%root%\app\target\*"
if exist "%root%\app\target\lib\" goto java
echo redrl: there is no build yet: run mvn -DskipTests package in "%root%" first. 1>&2
exit /b 1

:java
set "java=java"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java"
"%java%" -version >nul 2>&1
if errorlevel 1 (
  echo redrl: no Java found: Java 17 or newer is needed, in PATH or JAVA_HOME. 1>&2
  exit /b 1
)

if not defined REDRL_THREADS set "REDRL_THREADS=%NUMBER_OF_PROCESSORS%"
echo(%REDRL_THREADS%| findstr /r /x "[1-9] [1-9][0-9] [1-9][0-9][0-9] [1-9][0-9][0-9][0-9]" >nul
if errorlevel 1 (
  echo redrl: REDRL_THREADS must be a number of threads from 1 to 9999 1>&2
  exit /b 2
)
set "OMP_NUM_THREADS=%REDRL_THREADS%"
set "OPENBLAS_NUM_THREADS=1"
set "OMP_WAIT_POLICY=PASSIVE"

rem Since Java 24 the JVM warns of what JavaCPP does. Java 17 ignores options that it does not know, when it is told so.
set "options=-XX:+UseSerialGC -Xshare:auto -XX:-UsePerfData -XX:-CreateCoredumpOnCrash"
set "options=%options% -XX:+IgnoreUnrecognizedVMOptions --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"

"%java%" %options% "-XX:ErrorFile=%TEMP%\redrl-crash-%%p.log" "-XX:ReplayDataFile=%TEMP%\redrl-replay-%%p.log" ^
  "-Dredrl.root=%root%" -Dredrl.commit= -Dredrl.tty=false -Dredrl.columns=100 -Dstdout.encoding=UTF-8 ^
  %REDRL_JAVA_OPTS% -cp "%classes%" io.redrl.cli.Main %*
exit /b %errorlevel%
